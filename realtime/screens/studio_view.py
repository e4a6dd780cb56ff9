"""What the studio's pages are shown: one frozen picture of the draft per drawn frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.tempo import Tempo

Field = Literal["name", "title", "artist"]
Asks = Literal["", "swap", "join"]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One person of a draft.

    ``name`` is empty where none was given; ``seen`` 0..1 of the film; ``why`` says why they are no
    member, empty for members; ``spans`` are the song seconds (from, to) when they are there.
    """

    number: int
    name: str
    member: bool
    lead: bool
    seen: float
    why: str = ""
    spans: tuple[tuple[float, float], ...] = ()

    @property
    def label(self) -> str:
        """What they are called."""
        return self.name or _("dancer {number}", number=self.number)


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written: which field, the text so far, and what an input method still holds.

    While it is ``fresh``, what is typed takes the place of the text.
    """

    field: Field
    text: str
    composing: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FilmView:
    """A picture of a film with everybody in it.

    ``picture`` uint8 (H, W, 3) BGR, None while there is none; ``joints`` float32 (P, 18, 3) in px of
    a picture of ``size`` (width, height), which the shown one may be smaller than.
    """

    picture: NDArray[np.uint8] | None
    joints: NDArray[np.float32]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class StudioView:
    """Everything the studio's page shows.

    Attributes
    ----------
    film : FilmView
        Now, at ``song_s``.
    lines : tuple of MemberLine
        Everybody, in order; ``chosen`` is which is worked on, and ``asks`` for whom else.
    length_s, begin_s, end_s : float
        Of the song, and which part of it the time line shows.
    tempo : Tempo
        When its beats are.
    sections, preview_s, cuts_s, mirrored
        As in the draft; ``cuts_s`` in song seconds.
    writing : Writing or None
        What is being written.
    taps : int
        How many beats were tapped so far.
    notice, status : str
        What the player must know now; small print.
    """

    title: str
    artist: str
    film: FilmView
    lines: tuple[MemberLine, ...]
    song_s: float
    length_s: float
    begin_s: float
    end_s: float
    tempo: Tempo
    sections: tuple[tuple[str, float], ...] = ()
    preview_s: float = 0.0
    cuts_s: tuple[float, ...] = ()
    mirrored: bool = False
    chosen: int = 0
    asks: Asks = ""
    playing: bool = False
    writing: Writing | None = None
    taps: int = 0
    notice: str = ""
    status: str = ""
    saved: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LookingView:
    """What is shown while a film is looked at: how far it is, 0..1, and the time left in s."""

    title: str
    film: FilmView
    doing: str
    share: float = 0.0
    left_s: float | None = None
    asks: bool = False
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FilmCard:
    """One line of the list of films: its name, and what is known of it."""

    name: str
    told: str = ""
    begun: bool = False
    folder: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FilmListView:
    """The films of a folder to make songs of; ``asks`` whether the chosen draft shall go."""

    place: str
    cards: tuple[FilmCard, ...]
    chosen: int = 0
    notice: str = ""
    asks: bool = False
    age_s: float = 0.0
