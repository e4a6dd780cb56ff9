"""What the pictures of a reel show: one frozen view for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Report, Verdict
    from kpopdance.realtime.scoring.contest import Kind, Stand
    from kpopdance.realtime.screens.view import Cover, FilmView


@dataclass(frozen=True, slots=True, eq=False)
class ReelFacts:
    """What does not change from picture to picture.

    ``other`` is the title in another script, if there is one; ``player`` and ``coach``
    stand above the halves; ``danced`` says when, ``terms`` on which terms; ``players`` are the names
    of several who are seen beside each other, ``kind`` what they play, ``heading`` how that is called,
    and ``team`` what is told of all together at the end, (name, value).
    """

    title: str
    artist: str
    other: str = ""
    player: str = ""
    coach: str = ""
    danced: str = ""
    terms: str = ""
    length_s: float = 0.0
    cover: Cover | None = None
    colours: tuple[tuple[int, int, int], ...] = ()
    players: tuple[str, ...] = ()
    kind: Kind = "together"
    heading: str = ""
    team: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlayerView:
    """One of several players.

    Attributes
    ----------
    film : FilmView or None
        As they were filmed.
    figure : float32 (18, 3) or None
        Their skeleton, px of their pane, not mirrored; drawn where ``film`` is None.
    points : float or None
        So far, 0..100; None: nothing counted for them yet.
    combo
        As in ``DanceView``.
    verdict, verdict_age_s
        As in ``ReelView``.
    stand : Stand or None
        How they stand in what is played; None: each danced alone.
    lit : bool
        What is danced now counts for them.
    chosen : bool
        It is their move that comes again slowly, or they came in first.
    """

    film: FilmView | None
    figure: NDArray[np.float32] | None
    points: float | None = None
    combo: int = 0
    verdict: Verdict | None = None
    verdict_age_s: float = 0.0
    stand: Stand | None = None
    lit: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ReelView:
    """A moment of the dance.

    Attributes
    ----------
    song_s : float
        Song second.
    you : FilmView or None
        The player as they were filmed; its ``joints`` are not drawn.
    figure : float32 (18, 3) or None
        The player as a skeleton, px of a half, not mirrored; drawn where ``you`` is None.
    film : FilmView or None
        The coach's film; None: the coach is drawn.
    coach : float32 (M, 18, 3)
        All members, stage units; ``lead`` is the one to copy.
    mirror : bool
        Both are shown as a mirror does.
    score, stars, combo
        So far, as in ``DanceView``.
    verdict, verdict_age_s
        The newest judgement, and for how long it has been there, s.
    speed : float
        Of what is shown; 1 in the dance, less where the best move comes again.
    players : tuple of PlayerView
        Several, as many as the facts name; then neither the player alone nor a coach is drawn.
    """

    song_s: float
    you: FilmView | None
    figure: NDArray[np.float32] | None
    film: FilmView | None
    coach: NDArray[np.float32]
    lead: int = 0
    mirror: bool = True
    score: float = 0.0
    stars: float = 0.0
    combo: int = 0
    verdict: Verdict | None = None
    verdict_age_s: float = 0.0
    speed: float = 1.0
    players: tuple[PlayerView, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CardView:
    """What a dance was worth, with the picture of its best move."""

    moment: ReelView
    report: Report


@dataclass(frozen=True, slots=True, eq=False)
class ReelPageView:
    """What the page shows on which a clip is made of a dance.

    Attributes
    ----------
    age_s : float
        For motion.
    preview : uint8 (H, W, 3) BGR or None
        A picture of it; the same object for the same picture; None while it is drawn.
    shape, look : str
        Of ``ReelWish``; without a film of the player ``filmed`` is off, and there is one look.
    coach : str
        Who is beside the player, of ``COACHES``; empty where the song has no video.
    share : float or None
        How much is written, 0..1; None while nothing is.
    words : str
        What was written, or why nothing could be.
    """

    age_s: float = 0.0
    preview: NDArray[np.uint8] | None = None
    shape: str = "tall"
    look: str = "skeleton"
    filmed: bool = False
    coach: str = ""
    share: float | None = None
    words: str = ""
