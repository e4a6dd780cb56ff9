"""How well and how fast skeletons are seen."""
