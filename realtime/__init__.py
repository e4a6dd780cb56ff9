"""The dance game: live loop, skeletons, scoring, window."""
