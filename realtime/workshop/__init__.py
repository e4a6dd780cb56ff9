"""The studio in the window: a film becomes a song, corrected by hand."""
