"""From videos to choreographies, masks and scores."""
