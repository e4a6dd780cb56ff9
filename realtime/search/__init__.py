"""Which dance is this: a library of dances, indexed."""
