"""The catalogues of the game's languages, made of its texts."""
