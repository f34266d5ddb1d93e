"""What a decision of staff would do to each of some orders or jobs, told before it is taken."""
