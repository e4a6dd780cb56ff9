"""What the page of random play dance is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kpopdance.realtime.screens.setup_view import SetRow


class ListedSong(NamedTuple):
    """A song of the list: when its chorus comes, in words, and what it is."""

    at: str
    title: str
    artist: str


@dataclass(frozen=True, slots=True, eq=False)
class RandomView:
    """What is asked for, and what comes of it.

    ``rows`` are the lines that say what is asked for, ``chosen`` the one the keys change; ``songs``
    what is danced, in order, known once all are; ``done`` 0..1 how far that is, and ``told`` a
    sentence about it; ``awaited``: it is to be danced as soon as it is known.
    """

    age_s: float
    rows: tuple[SetRow, ...]
    chosen: int = 0
    songs: tuple[ListedSong, ...] = ()
    done: float = 0.0
    told: str = ""
    awaited: bool = False
    notices: tuple[str, ...] = ()
