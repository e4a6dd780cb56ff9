"""A song as its terms ask for it: as it is, or its mirror image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.core.body import NECK, mirrored
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library.medley import joined_members

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.library.songpack import SongPack


def as_danced(song: SongPack, terms: Terms) -> SongPack:
    """Return the song with the choreography that these terms ask for: it, or its mirror image."""
    if not terms.mirrored:
        return song
    if song.excerpts:
        each = (replace(one, song=as_danced(one.song, terms)) for one in song.excerpts)
        excerpts = tuple(each)
        return replace(song, excerpts=excerpts, members=joined_members(excerpts))
    formation = song.formation and song.formation.turned()
    return replace(song, members=turned(song.members), formation=formation)


def turned(members: tuple[Choreography, ...]) -> tuple[Choreography, ...]:
    """Return the mirror image of a dance: each member's, and the formation's about its middle."""
    necks = np.concatenate([member.joints[:, NECK, 0] for member in members])
    seen = necks[np.isfinite(necks)]
    middle = float(np.median(seen)) if len(seen) else 0.5
    return tuple(
        Choreography(mirrored(member.joints, 2 * middle), member.fps, member.start_s)
        for member in members
    )
