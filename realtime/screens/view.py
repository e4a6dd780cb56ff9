"""What the screens are shown: one frozen picture of the game's state per drawn frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.terms import USUAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.staging import Clothes
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Pose, Report, Verdict
    from kpopdance.realtime.screens.guide_view import GuideView
    from kpopdance.realtime.screens.practice_view import PracticeView

DancePhase = Literal["loading", "count-in", "playing", "next song", "paused", "finished"]
CalibrationPhase = Literal["choose", "listen", "answer", "found", "refused"]


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """A song's cover: uint8 (H, W, 3) BGR; the same object for the same picture."""

    picture: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class SongCard:
    """One line of the song list; ``problem`` says why it cannot be played, empty if it can.

    ``level`` is how hard it is, 1..10, None while nobody knows; ``why_hard`` says what makes it so.
    """

    slug: str
    title: str
    artist: str
    language: str
    bpm: float
    length_s: float
    members: int
    best_score: float | None = None
    problem: str = ""
    level: float | None = None
    why_hard: str = ""
    starred: bool = False
    cover: Cover | None = None
    colours: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Upcoming:
    """A pose to come: float32 (18, 3) in stage units, and the song second it is due."""

    at_s: float
    joints: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FilmView:
    """What the coach's film shows now; the same object while nothing of it is new.

    Attributes
    ----------
    picture : uint8 (H, W, 3) BGR
        As it was filmed.
    window : tuple of float
        What is to be seen of it: left, top, width and height, px.
    turned : bool
        It is danced the other way round than it was filmed.
    joints : float32 (K, 18, 3)
        Whose skeletons are drawn over it, px of the picture, the lead first.
    """

    picture: NDArray[np.uint8]
    window: tuple[float, float, float, float]
    turned: bool
    joints: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class GhostView:
    """Somebody's kept dance beside the player's.

    ``name`` is theirs; ``joints`` float32 (18, 3) where they are now, stage units with the coach's hips
    and size, None: not seen; ``score`` 0..100 as it stood after as many moves; ``ahead`` by how many
    points the player leads.
    """

    name: str
    joints: NDArray[np.float32] | None
    score: float
    ahead: float


@dataclass(frozen=True, slots=True, eq=False)
class DanceView:
    """Everything the dance screen shows.

    Attributes
    ----------
    phase : DancePhase
        ``loading`` has a ``message`` and how much is ``loaded``, 0..1; in ``count-in`` the song
        second is negative; in ``next song`` that of a medley is counted.
    song_s, length_s, bpm, beat : float
        Song second now (negative before the song), its length, tempo, and the beat now (may be
        fractional and negative; whole numbers are beats).
    picture : uint8 (H, W, 3) BGR or None
        The newest camera picture, not mirrored.
    pose : Pose or None
        The player, px of ``picture``, not mirrored.
    mirror : bool
        Show picture, player and coach as a mirror does.
    coach : float32 (M, 18, 3)
        All members now, stage units; ``lead`` is the one to copy.
    film : FilmView or None
        Stands in for the drawn coach.
    has_film : bool
        Whether there is one, shown or not.
    practice : PracticeView or None
        How practising goes; None in a dance.
    guide : GuideView or None
        How the guided song goes; None elsewhere.
    ghost : GhostView or None
        Whose dance is beside it; None: nobody's.
    upcoming : tuple of Upcoming
        Poses of the next seconds, soonest first.
    counts : float
        What is left to count in ``count-in``, a number each, from 4 on, and in ``next song``.
    score : float
        0..100 gathered so far, of the whole song; ``stars`` 0..5 that it fills; ``combo``
        judgements in a row better than OK.
    colours : tuple of (red, green, blue)
        The song's own, up to five; none for the game's.
    clothes : tuple of Clothes
        The members' in their order; who has none wears the house's.
    lift : float
        0..1, how far the stage is in the chorus: more light rises there.
    verdict : Verdict or None
        The newest judgement; ``verdict_age_s`` seconds old.
    health : tuple of Health
        What is the matter with camera, sound and computer, the most important first.
    notices : tuple of str
        What else the player must know now.
    status : str
        Small print: network, runtime, camera size and rate.
    """

    title: str
    artist: str
    phase: DancePhase
    song_s: float
    length_s: float
    bpm: float
    beat: float
    picture: NDArray[np.uint8] | None
    pose: Pose | None
    mirror: bool
    coach: NDArray[np.float32]
    lead: int
    upcoming: tuple[Upcoming, ...]
    score: float
    combo: int
    verdict: Verdict | None
    verdict_age_s: float
    stars: float = 0.0
    colours: tuple[tuple[int, int, int], ...] = ()
    clothes: tuple[Clothes, ...] = ()
    lift: float = 0.0
    counts: float = 0.0
    health: tuple[Health, ...] = ()
    notices: tuple[str, ...] = ()
    status: str = ""
    message: str = ""
    loaded: float = 0.0
    film: FilmView | None = None
    has_film: bool = False
    practice: PracticeView | None = None
    guide: GuideView | None = None
    ghost: GhostView | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """All that the player must know now in words, the most important first."""
        return (*(report.words for report in self.health), *self.notices)

    @property
    def blind(self) -> bool:
        """Whether the picture shows nothing that could be judged."""
        return any(report.blind for report in self.health)


@dataclass(frozen=True, slots=True, eq=False)
class SideView:
    """Some moves as the player danced them, and as the coach does, now.

    Attributes
    ----------
    words, reason : str
        Which moves they are, how they were, and what cost most; empty: nothing did.
    coach, you : float32 (18, 3)
        Stage units, the player as large and with the same hips; None: not seen now.
    room : tuple of float
        What both stay within: left, top, right and bottom, stage units.
    mirror : bool
        Both are shown as a mirror does.
    """

    words: str
    reason: str
    coach: NDArray[np.float32]
    you: NDArray[np.float32] | None
    room: tuple[float, float, float, float]
    mirror: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ResultView:
    """Everything the result page shows; ``age_s`` is how long it has been on screen (for motion).

    ``counts`` is off where the score is not kept: a drawn dancer, a video, too little judged;
    ``stored`` says that all is on the disk, ``unsaved`` is one sentence on what is not and why;
    ``suggestion`` is a sentence about the player's fixed lag that a key accepts; ``earlier`` are the
    song's scores before, oldest first, ``face`` what a key makes of the player's picture;
    ``chosen`` are the first and the last of the moves that a key practises, and ``side`` shows them;
    ``pointed_words`` tell of the move under the mouse; ``sections`` are the song's, (name, start_s);
    ``to_practise`` are the moves that would gain most, in order, ``went_well`` what is told where none
    would; ``brought`` says who was ahead of a ghost, and what practice did; ``board`` what a key does
    with the group's board. ``colours`` as in ``DanceView``.
    """

    title: str
    artist: str
    report: Report
    age_s: float
    best_before: float | None = None
    notices: tuple[str, ...] = ()
    status: str = ""
    counts: bool = True
    stored: bool = True
    unsaved: str = ""
    suggestion: str = ""
    earlier: tuple[float, ...] = ()
    face: str = ""
    board: str = ""
    chosen: tuple[int, int] | None = None
    pointed_words: str = ""
    sections: tuple[tuple[str, float], ...] = ()
    side: SideView | None = None
    to_practise: tuple[str, ...] = ()
    went_well: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    colours: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationView:
    """What the page shows on which the delay of speaker and camera is measured.

    Attributes
    ----------
    phase : CalibrationPhase
        ``listen``: the first clicks are not answered; ``answer``: the others are; then ``found`` or
        ``refused``.
    way : str
        ``claps`` or ``strokes``.
    age_s : float
        For motion.
    figures : tuple of str
        In ``choose`` what each way told already, empty: nothing; else what was found, large.
    words : str
        What was found, in sentences, a line each, or why nothing was; in ``choose`` what comes of it.
    devices : str
        What output and camera are called.
    microphone : str
        What listens; empty where none is to choose.
    since_click_s : float
        Seconds since a click was heard.
    lags_ms : tuple of float
        How late the answers so far were, of ``needed``.
    clicks_ms : float or None
        How late the clicks themselves are heard; None: nobody knows.
    picture, pose, mirror, blind
        As in ``DanceView``.
    notices : tuple of str
        What the player must know now.
    """

    phase: CalibrationPhase = "choose"
    way: str = "claps"
    age_s: float = 0.0
    figures: tuple[str, ...] = ("", "")
    words: str = ""
    devices: str = ""
    microphone: str = ""
    since_click_s: float = 9.0
    lags_ms: tuple[float, ...] = ()
    needed: int = 12
    clicks_ms: float | None = None
    picture: NDArray[np.uint8] | None = None
    pose: Pose | None = None
    mirror: bool = True
    blind: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which songs a list shows: those that are searched for, of a kind, in an order; of how many.

    ``field`` is what is written now: ``search``, the name of a ``playlist``, or nothing; ``composing``
    what an input method holds that is not written yet.
    """

    typed: str = ""
    composing: str = ""
    field: str = ""
    order: str = "title"
    only: str = N_("all songs")
    of: int = 0


ASKED: Final = Asked()


@dataclass(frozen=True, slots=True, eq=False)
class ListView:
    """What moves on the song list: the clock of its page, its coach, what the player must know.

    ``age_s`` and ``beat`` only drive motion; ``preview`` is float32 (M, 18, 3) in stage units, the
    selected song's dancers now, ``lead`` the one in front; ``terms`` it will be judged on; ``asked``
    which songs are listed; ``player`` and ``colour`` who dances; ``colours`` and ``clothes`` are the
    selected song's, as in ``DanceView``.
    """

    age_s: float
    beat: float = 0.0
    preview: NDArray[np.float32] | None = None
    lead: int = 0
    notices: tuple[str, ...] = ()
    status: str = ""
    terms: Terms = USUAL
    asked: Asked = ASKED
    player: str = ""
    colour: int = 0
    colours: tuple[tuple[int, int, int], ...] = ()
    clothes: tuple[Clothes, ...] = ()
