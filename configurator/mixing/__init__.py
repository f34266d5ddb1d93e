"""What can be mixed, what it costs and what is in it: pure Python, standard library only."""
