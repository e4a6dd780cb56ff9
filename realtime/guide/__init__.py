"""The guided song: what a dance is, a task at a time."""
