"""Song packs that come with the game; each folder beside this file is one pack."""
