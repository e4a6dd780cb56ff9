"""What a reel is made of: somebody's dance, alone or beside others, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.dance.titles import cover_of, titles_of
from kpopdance.realtime.screens.reel_view import ReelFacts

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.scoring.contest import Contest

NAME_LETTERS: Final = 60
"""Of a file's name: Hangul takes three bytes each, and 255 are the most."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """What several played before one camera.

    ``contest`` tells how they stood, ``heading`` what it is called, ``team`` what is told of all
    together at the end, (name, value).
    """

    contest: Contest
    heading: str = ""
    team: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """What a reel is made of.

    Attributes
    ----------
    song : SongPack
        As it lies in its pack.
    danced : SongPack
        As its terms turn it: what the coach danced.
    report : Report
        Of the dance.
    at_s, joints : float64 (T,), float32 (T, 18, 3)
        The player's poses at song seconds, px of the camera's pictures.
    lag_s : float
        By how much speaker and camera were late: taken off.
    pictures : Path or None
        The player's pictures, each at its song second; None: none were kept. Several before one
        camera are in the same.
    scale : float
        How large they are, of what the camera gave.
    terms : Terms
    player, danced_on : str
        Who danced, and when; empty where nobody knows.
    others : tuple of Footage
        Other players' dances of the same song: all are seen beside each other, and no coach.
    match : Match or None
        What they played, if they danced together; None: each alone.
    """

    song: SongPack
    danced: SongPack
    report: Report
    at_s: NDArray[np.float64]
    joints: NDArray[np.float32]
    lag_s: float = 0.0
    pictures: Path | None = None
    terms: Terms = USUAL
    player: str = ""
    danced_on: str = ""
    others: tuple[Footage, ...] = ()
    scale: float = 1.0
    match: Match | None = None

    @property
    def players(self) -> tuple[Footage, ...]:
        """Everybody's dance, this one first."""
        return (self, *self.others)


def reel_name(footage: Footage) -> str:
    """Return how a reel's file is called, without an ending: song, who danced, when, one's score."""
    players = [each.player for each in footage.players]
    score = () if footage.others else (f"{footage.report.score:.0f}",)
    parts = (footage.song.title, *players, footage.danced_on, *score)
    words = "".join(sign if sign.isalnum() else " " for sign in " ".join(parts))
    return " ".join(words.split())[:NAME_LETTERS].rstrip()


def facts_of(footage: Footage) -> ReelFacts:
    """Return what a reel says of its dance."""
    song, match = footage.song, footage.match
    title, other = titles_of(song.title)
    name = song.names[song.lead] if song.names else ""
    players = (
        tuple(each.player or _("dancer {n}", n=k) for k, each in enumerate(footage.players, 1))
        if footage.others
        else ()
    )
    return ReelFacts(
        title, song.artist, other,
        footage.player, name, footage.danced_on, footage.terms.words, footage.danced.length_s,
        cover_of(song), song.colours, players,
        "together" if match is None else match.contest.kind,
        "" if match is None else match.heading, () if match is None else match.team,
    )  # fmt: skip
