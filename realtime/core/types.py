"""The words of the game: frames, poses, choreography, judgements, and what the speaker reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Grade = Literal["PERFECT", "GREAT", "GOOD", "OK", "MISS"]
GRADES: tuple[Grade, ...] = ("PERFECT", "GREAT", "GOOD", "OK", "MISS")
ENOUGH_JUDGED = 0.9
BELIEVED = 0.3
"""Below, a joint is unseen: wrong more than two times in three, it would only mislead."""


def _require(
    array: NDArray[np.generic], dtype: type, shape: tuple[int | None, ...], what: str
) -> None:
    fits = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if array.dtype != dtype or not fits:
        words = ", ".join("T" if n is None else str(n) for n in shape)
        raise ValueError(
            f"{what} is {np.dtype(dtype).name} ({words}), got {array.dtype} {array.shape}"
        )
    array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: uint8 (H, W, 3) BGR, when it was captured (host s), its number (gaps = drops)."""

    image: NDArray[np.uint8]
    captured_s: float
    index: int

    def __post_init__(self) -> None:
        _require(self.image, np.uint8, (None, None, 3), "a frame")


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person: float32 (18, 3) of x px, y px, confidence 0..1; unseen is NaN, NaN, 0."""

    joints: NDArray[np.float32]

    def __post_init__(self) -> None:
        _require(self.joints, np.float32, (18, 3), "a pose")

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Bool (18,): which joints were seen."""
        return self.joints[:, 2] > 0


@dataclass(frozen=True, slots=True, eq=False)
class Choreography:
    """One member's dance.

    Attributes
    ----------
    joints : float32 (T, 18, 3)
        x and y in stage units (picture heights: y 0 top..1 bottom, x to the right), confidence 0..1.
    fps : float
        Rows per second.
    start_s : float
        Row i sounds at ``start_s + i / fps`` song seconds.
    """

    joints: NDArray[np.float32]
    fps: float
    start_s: float = 0.0

    def __post_init__(self) -> None:
        _require(self.joints, np.float32, (None, 18, 3), "a choreography")

    @property
    def end_s(self) -> float:
        """Song second of the last row."""
        return self.start_s + (len(self.joints) - 1) / self.fps

    def row(self, song_s: float) -> NDArray[np.float32]:
        """Return the (18, 3) joints nearest to a song second; the ends hold."""
        index = round((song_s - self.start_s) * self.fps)
        row: NDArray[np.float32] = self.joints[min(max(index, 0), len(self.joints) - 1)]
        return row


@dataclass(frozen=True, slots=True, eq=False)
class Formation:
    """Where the members of a song are, in the rows of their choreographies.

    Attributes
    ----------
    floor : float32 (members, T, 2)
        Where each stands: to the right, and away from who looks on, in body heights, from the middle of
        everybody's places; NaN, NaN where it is not known.
    there : bool (members, T)
        When each is on stage, whether seen or hidden behind others.
    """

    floor: NDArray[np.float32]
    there: NDArray[np.bool_]

    def __post_init__(self) -> None:
        _require(self.floor, np.float32, (None, None, 2), "a formation's floor")
        _require(self.there, np.bool_, self.floor.shape[:2], "who is there in a formation")

    def turned(self) -> Formation:
        """Return its mirror image."""
        return Formation(self.floor * np.array([-1, 1], np.float32), self.there)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """``song_s`` leaves the speaker at host ``at_s``; what the audio device reports."""

    song_s: float
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """What a microphone heard: float32 (N,), -1..1, the first sample at host second ``at_s``."""

    samples: NDArray[np.float32]
    at_s: float
    rate: int

    def __post_init__(self) -> None:
        _require(self.samples, np.float32, (None,), "a sound")


@dataclass(frozen=True, slots=True)
class Attendance:
    """What became of a camera's pictures since the watching began, as of the newest look.

    ``delivered`` pictures came, ``looked_at`` of them were looked at, every ``look_s`` seconds of
    late (None: not known yet); ``nobody_s`` is for how long nobody has been seen now, 0 while the
    dancer is, and ``absent_s`` how long that was in all.
    """

    delivered: int = 0
    looked_at: int = 0
    look_s: float | None = None
    nobody_s: float = 0.0
    absent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a move was no better: ``text`` ("left forearm too low"), ``points`` 0..100 lost to it.

    ``advice`` says what to do ("raise your left forearm"); ``kind`` is timing, size, hold, side,
    seen or limb.
    """

    kind: str
    text: str
    advice: str
    points: float


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The judgement of one move: ``score`` 0..100, ``lag_s`` positive = late.

    ``why`` is empty where nothing needs saying, ``reasons`` are all that cost points, the
    dearest first; together they cost 100 - ``score``.
    """

    move: int
    start_s: float
    end_s: float
    grade: Grade
    score: float
    lag_s: float
    why: str = ""
    judged: bool = True
    reasons: tuple[Reason, ...] = ()


def percent(share: float) -> int:
    """Return a share in whole percent, rounded down: 100 is all of it."""
    return int(100 * share + 1e-6)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A whole dance judged; what the result page and ``--json`` show.

    ``score`` 0..100, ``stars`` 0..5, ``lag_ms`` median (positive = late, None: unknown),
    ``coverage`` 0..1 of the whole dance, never above ``judged``, ``limbs`` name -> 0..100,
    ``moves`` in order, ``best`` the best move's number or None, ``advice`` sentences for the
    player, most useful first, ``judged`` 0..1 how much of the dance could be judged: below 0.9
    there are no stars; ``recognised`` 0..1 in how many of the judged moves the dance was
    recognised, however late; ``weights`` how much each move counts.
    """

    score: float
    stars: int
    lag_ms: float | None
    coverage: float
    limbs: dict[str, float]
    moves: tuple[Verdict, ...]
    sections: tuple[tuple[str, float], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    best_combo: int = 0
    best: int | None = None
    advice: tuple[str, ...] = ()
    judged: float = 1.0
    recognised: float = 1.0
    weights: tuple[float, ...] = ()

    @property
    def seen_percent(self) -> int:
        """How much of the dance was seen, as all pages say it."""
        return percent(self.coverage)

    @property
    def complete(self) -> bool:
        """Whether enough was judged for stars and a best score."""
        return self.judged >= ENOUGH_JUDGED
