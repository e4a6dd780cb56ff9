"""Dances written down in words, danced by a body with bones, joints, weight and momentum."""
