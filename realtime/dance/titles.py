"""What a song is called and its cover, as films and cards of it show them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.video_file import small_picture
from kpopdance.realtime.library.romanised import romanised
from kpopdance.realtime.screens.view import Cover

if TYPE_CHECKING:
    from kpopdance.realtime.library.songpack import PackFacts, SongPack

COVER_PX: Final = 720
BOTH: Final = re.compile(r"(.+\S) \((.*[^\x00-\x7f].*)\)")
"""A title in two scripts, the second in brackets."""


def titles_of(title: str) -> tuple[str, str]:
    """Return a title and its other one: of ``Neon Steps (네온 스텝)``, or in Latin letters."""
    both = BOTH.fullmatch(title)
    if both is not None:
        return both[1], both[2]
    latin = romanised(title)
    return title, "" if latin == title else latin.capitalize()


def cover_of(song: PackFacts | SongPack) -> Cover | None:
    """Return a song's cover; None where there is none, or it cannot be read."""
    if song.cover is not None:
        with suppress(DanceError):
            return Cover(small_picture(song.cover, COVER_PX))
    return None
