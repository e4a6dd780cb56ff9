"""Who dances, before what, and how they get on."""
