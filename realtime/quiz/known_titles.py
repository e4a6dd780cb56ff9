"""Well-known K-pop songs: titles that fill up a quiz's choices where a library has too few songs."""

from __future__ import annotations

from typing import Final

KNOWN_TITLES: Final = (
    "Abracadabra", "Alcohol-Free", "ANTIFRAGILE", "Back Door", "Bad Boy", "Boy With Luv",
    "Cheer Up", "Cupid", "DDU-DU DDU-DU", "Dynamite", "Fancy", "Fantastic Baby", "Gangnam Style",
    "Gee", "God's Menu", "Growl", "Hype Boy", "Kill This Love", "LOVE DIVE", "Love Scenario",
    "Lovesick Girls", "Next Level", "Nobody", "Not Shy", "Psycho", "Queencard", "Shoot Out",
    "Sorry, Sorry", "Super Shy", "TT", "Very Nice", "WANNABE",
)  # fmt: skip
