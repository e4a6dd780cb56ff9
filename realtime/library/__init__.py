"""What lies on the disk: song packs, replays, settings, scores."""
