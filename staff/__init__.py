"""The people who run the shop: what each may do, how she proves who she is, and what is noted of it."""
