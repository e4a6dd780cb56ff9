"""A film that was looked at: who is in it, at every picture, who is a member, and where each stands.

It is what a person corrects before a song is made of it, so everybody is kept, members or not, and
all arrays have a row for each of them in the same order.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from kpopdance.engines.files import appearing
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import Formation
from kpopdance.realtime.library.arrays import arrays_in
from kpopdance.realtime.pose.panels import Split
from kpopdance.realtime.pose.strangers import Reason
from kpopdance.realtime.studio.recording import RECORDED_FPS, Recording, RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.pose.panels import Panel

REASONS: Final[dict[Reason, str]] = {
    "member": N_("dances"),
    "unasked": N_("was not asked for"),
    "seldom": N_("is there too short a time"),
    "partial": N_("is hardly ever seen whole"),
    "small": N_("is far smaller than the dancers: somebody far behind, or a poster"),
    "mirror": N_("is a dancer's image in a mirror"),
    "still": N_("does not dance: somebody who stands, sits or walks by"),
    "twice": N_("is a dancer seen a second time, in another part of a split screen"),
}
"""Why somebody is a member, or none, in words that go on after who it is."""
WORDS: Final[tuple[Reason, ...]] = get_args(Reason)
ARRAYS: Final = (
    "at_s",
    "size",
    "joints",
    "there",
    "floor",
    "reasons",
    "cuts",
    "lead",
    "splits",
)
MAX_PEOPLE: Final = 64
MAX_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Everybody in a film.

    Attributes
    ----------
    at_s : float64 (T,)
        Seconds of the pictures, the first one's is 0.
    size : (int, int)
        Width and height of the picture, px.
    joints : float32 (P, T, 18, 3)
        x px, y px, confidence, as the networks saw them; unseen is NaN, NaN, 0.
    there : bool (P, T)
        When each is on stage, hidden behind others or not.
    floor : float32 (P, T, 2)
        Where each stands: to the right, and away from the camera, in body heights, from the middle of
        everybody's places; NaN, NaN where nobody can tell.
    reasons : tuple of Reason
        ``member`` for each who dances, and why not for everybody else: a key of ``REASONS``.
    cuts : tuple of int
        Rows at which another scene begins.
    lead : int
        Which person is to be copied; a member.
    splits : tuple of Split
        When the picture shows several scenes side by side, and where.
    """

    at_s: NDArray[np.float64]
    size: tuple[int, int]
    joints: NDArray[np.float32]
    there: NDArray[np.bool_]
    floor: NDArray[np.float32]
    reasons: tuple[Reason, ...]
    cuts: tuple[int, ...] = ()
    lead: int = 0
    splits: tuple[Split, ...] = ()

    def __post_init__(self) -> None:
        people, rows = len(self.reasons), len(self.at_s)
        shapes = {
            "joints": (self.joints, np.float32, (people, rows, 18, 3)),
            "there": (self.there, np.bool_, (people, rows)),
            "floor": (self.floor, np.float32, (people, rows, 2)),
            "at_s": (self.at_s, np.float64, (rows,)),
        }
        for name, (array, dtype, shape) in shapes.items():
            if array.shape != shape or array.dtype != dtype:
                raise ValueError(
                    f"{name} of a take are {np.dtype(dtype)} {shape}, got {array.dtype} {array.shape}"
                )
            array.flags.writeable = False
        if not (0 <= self.lead < people and self.reasons[self.lead] == "member"):
            raise ValueError(f"the lead of a take is a member, got {self.lead}")

    @property
    def members(self) -> tuple[int, ...]:
        """Who dances, in order."""
        return tuple(k for k, why in enumerate(self.reasons) if why == "member")

    def recording(self, person: int) -> Recording:
        """Return one person's dance as it was seen."""
        return Recording(self.at_s, self.joints[person], self.size[1], self.cuts)

    def choreographies(self, start_s: float = 0.0) -> tuple[Choreography, ...]:
        """Return what each member dances; ``start_s`` is the song second of the first picture."""
        return tuple(self.recording(person).choreography(start_s) for person in self.members)

    def formation(self) -> Formation:
        """Return where each member is, in the rows of the choreographies."""
        times = np.arange(0.0, self.at_s[-1], 1 / RECORDED_FPS)
        last = np.searchsorted(self.at_s, times + 1e-6, side="right") - 1
        who = list(self.members)
        floor = np.stack([_between(self.at_s, self.floor[person], times) for person in who])
        return Formation(floor, self.there[who][:, last])


def save_take(path: Path, take: Take) -> None:
    """Write a take as a file (npz): whole, or what was there stays. May raise OSError."""
    with appearing(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file, at_s=take.at_s, size=np.array(take.size), joints=take.joints,
            there=take.there, floor=take.floor,
            reasons=np.array([WORDS.index(why) for why in take.reasons]),
            cuts=np.array(take.cuts, dtype=np.int64), lead=np.array(take.lead),
            splits=_packed(take.splits),
        )  # fmt: skip


def load_take(path: Path) -> Take:
    """Return the take that a file holds.

    Raises
    ------
    RecordingError
        Where it is damaged or none.
    """
    with _damage_of(path):
        arrays = arrays_in(path, ARRAYS, MAX_BYTES)
        joints, rows = arrays["joints"], len(arrays["at_s"])
        _check(joints, arrays["at_s"], arrays["floor"])
        width, height = (int(px) for px in arrays["size"])
        return Take(
            arrays["at_s"], (width, height), joints, arrays["there"], arrays["floor"],
            tuple(WORDS[int(number)] for number in arrays["reasons"]),
            tuple(int(row) for row in arrays["cuts"] if 0 < row < rows), int(arrays["lead"]),
            _unpacked(arrays.get("splits", _packed(())), rows),
        )  # fmt: skip


def _check(
    joints: NDArray[np.float32], at_s: NDArray[np.float64], floor: NDArray[np.float32]
) -> None:
    if not 1 <= len(joints) <= MAX_PEOPLE:
        raise ValueError(f"holds {len(joints)} people")
    if len(at_s) < 2 or not np.isfinite(at_s).all() or (np.diff(at_s) <= 0).any():
        raise ValueError("its seconds do not rise")
    seen = joints[..., 2] > 0
    if not (np.isfinite(joints[..., 2]).all() and np.isfinite(joints[seen]).all()):
        raise ValueError("seen joints have places that are NaN")
    if np.isinf(floor).any():
        raise ValueError("somebody stands nowhere")


def _packed(splits: Sequence[Split]) -> NDArray[np.float64]:
    """Return a row for each panel: first picture, the one behind, left, top, right, bottom."""
    return np.array(
        [(one.first, one.behind, *panel) for one in splits for panel in one.panels], np.float64
    ).reshape(-1, 6)


def _unpacked(told: NDArray[np.float64], rows: int) -> tuple[Split, ...]:
    """Return what was packed of a film of so many rows."""
    whiles: dict[tuple[int, int], list[Panel]] = {}
    for first, behind, *panel in told.reshape(-1, 6).tolist():
        if 0 <= first < behind <= rows and np.isfinite(panel).all():
            left, top, right, bottom = panel
            whiles.setdefault((int(first), int(behind)), []).append((left, top, right, bottom))
    return tuple(Split(*span, tuple(panels)) for span, panels in whiles.items())


def _between(
    at_s: NDArray[np.float64], floor: NDArray[np.float32], times: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return places (N, 2) at other seconds, in a straight line between those known."""
    right = np.clip(np.searchsorted(at_s, times, side="right"), 1, len(at_s) - 1)
    share = ((times - at_s[right - 1]) / (at_s[right] - at_s[right - 1]))[:, None]
    return ((1 - share) * floor[right - 1] + share * floor[right]).astype(np.float32)


@contextmanager
def _damage_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise RecordingError(
            _("{path}: cannot be read ({why}); check its rights", path=path, why=why.strerror)
        ) from None
    except KeyError as why:
        raise RecordingError(
            _("{path}: lacks {why}; look at the video again", path=path, why=why)
        ) from None
    except (ValueError, TypeError, IndexError) as why:
        raise RecordingError(
            _("{path}: {why}; look at the video again", path=path, why=why)
        ) from None
