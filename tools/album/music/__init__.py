"""How a song's page of music becomes sound: read, played, mixed, mastered, measured."""
