"""Which recipe of scoring this is, and what changed from one to the next: replays tell it."""

from __future__ import annotations

from typing import Final

RECIPE: Final = 6
"""One more whenever the same poses may earn another score."""

CHANGES: Final[dict[int, str]] = {
    2: "limbs are judged one by one, full credit for size from 0.8 of the coach's",
    3: "moves follow the choreography instead of four beats each, limbs that the dance keeps still "
    "need only keep still, lost pictures and flickering joints cost nothing, hiding a limb pays no "
    "more, full credit for size from 0.88 of the coach's",
    4: "who is not there misses however slow the computer is: pictures that nobody looked at are no "
    "lost pictures",
    5: "who is looked at seldom is compared with the coach as seen in the same moments, and up to half "
    "a second between two looks excuses nothing",
    6: "moves begin with a bar's first beat where the dance begins inside a bar",
}
"""What each recipe changed, in words for a player."""


def changes_since(recipe: int) -> list[str]:
    """Return what changed after a recipe, oldest first; empty for this one."""
    return [words for number, words in sorted(CHANGES.items()) if number > recipe]
