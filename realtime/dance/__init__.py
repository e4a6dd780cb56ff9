"""One dance: what it is danced with, opened, watched, judged, kept."""
