"""KPOP DANCE: a webcam dance game, and its parts as a library."""
