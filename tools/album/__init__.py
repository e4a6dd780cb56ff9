"""The album's songs: pages of text in, packs out. Makers' code: nothing here is installed."""
