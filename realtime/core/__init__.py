"""The words that all rooms use: types, the body, tracks, terms, the song's clock, ports."""
