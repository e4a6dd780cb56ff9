"""The songs to choose from, and the pages of a dance."""
