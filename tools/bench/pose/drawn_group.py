"""A group that dances, drawn: who stands where at every moment; crossings, a cut, a zoom and a pan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_person import OUTFITS, Outfit, body_px
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import find_pack, load_pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography

SIZE: Final = (960, 540)
FOCAL_PX: Final = 0.9 * SIZE[0]
HORIZON_PX: Final = 190.0
CAMERA_HIGH: Final = 1.0
"""Body heights over the floor."""
FPS: Final = 20.0
STAYS_S, GOES_S = 1.6, 1.4
"""For so long everybody dances in their place, then all change places."""
AWAY: Final = 4.0
"""Body heights to the side: out of the picture."""
ROWS_APART: Final = 60
HIDES: Final = 0.22
"""Body heights beside somebody nearer: one is hidden."""
PICTURES: Final = 5
"""Posters on the wall, by which a camera's motion shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What was drawn: joints float64 (P, T, 18, 3) px, floor (P, T, 2), ``shown`` (P, T).

    ``shown`` says whom a network would surely find: in the picture, and beside nobody nearer. What of
    everybody is to be seen is told by the pixels (``visibility.py``).
    """

    at_s: NDArray[np.float64]
    joints: NDArray[np.float64]
    floor: NDArray[np.float64]
    shown: NDArray[np.bool_]
    lenses: NDArray[np.float64]
    outfits: tuple[Outfit, ...]

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """Yield the pictures, or every so many."""
        room = _Posters()
        for row, at_s in list(enumerate(self.at_s))[::every]:
            people = [
                (self.joints[k, row].astype(np.float32), self.outfits[k])
                for k in range(len(self.joints))
                if abs(float(self.joints[k, row, :, 0].mean()) - SIZE[0] / 2) < SIZE[0]
            ]
            yield Frame(room.take(people, row, self.lenses[row]), float(at_s), row)


def group(people: int, seconds: float, *, moving: bool = True, seed: int = 0) -> Group:
    """Return a group of so many; the last comes late, the first leaves before the end.

    ``moving``: the camera pans, zooms, and there is a cut in the middle.
    """
    at_s = np.arange(round(seconds * FPS)) / FPS
    song = load_pack(find_pack("neon-steps"))
    dances = []
    for k in range(people):
        dance = song.members[k % len(song.members)].joints[960 + ROWS_APART * k :]
        dances.append(
            np.stack([dance[_there_and_back(round(t * 30), len(dance))] for t in at_s])
        )
    lenses = np.stack([_lens(t, seconds, moving=moving) for t in at_s])
    rng = np.random.default_rng(seed)
    floor = _paths(at_s, _slots(people), rng)
    away = np.maximum(0.0, 1 - at_s / (0.25 * at_s[-1])) * 2
    floor[-1, :, 0] += AWAY * np.minimum(away, 1.0)
    floor[0, :, 0] -= AWAY * np.clip(at_s / (0.15 * at_s[-1]) - 5.6, 0.0, 1.0)
    return _group(at_s, dances, floor, lenses, rng)


def troupe(
    dances: Sequence[Choreography], late_s: Sequence[float], *, from_s: float, seconds: float,
    seed: int = 0, aside: float = 0.0,
) -> Group:  # fmt: skip
    """Return a group that dances a song from a second on, each so late; all change places all the time.

    The camera stands; ``at_s`` are song seconds. Who change places are so many body heights to the right
    of the straight line half way: on it two stand in one place for a moment, where one pose is both's.
    """
    at_s = np.arange(round(seconds * FPS)) / FPS
    joints = [
        choreography_rows(dance, np.clip(from_s + at_s - late, dance.start_s, dance.end_s))
        for dance, late in zip(dances, late_s, strict=True)
    ]
    rng = np.random.default_rng(seed)
    floor = _paths(at_s, _abreast(len(joints)), rng, aside=aside)
    lenses = np.stack([_lens(t, seconds, moving=False) for t in at_s])
    return _group(from_s + at_s, joints, floor, lenses, rng)


def _group(
    at_s: NDArray[np.float64], dances: Sequence[NDArray[np.float32]], floor: NDArray[np.float64],
    lenses: NDArray[np.float64], rng: np.random.Generator,
) -> Group:  # fmt: skip
    joints = np.stack([
        np.stack([
            _placed(danced, *where) for danced, *where in zip(dance, places, lenses, strict=True)
        ])
        for dance, places in zip(dances, floor, strict=True)
    ])  # fmt: skip
    return Group(at_s, joints, floor, _shown(joints, floor), lenses, _outfits(len(joints), rng))


def _there_and_back(row: int, rows: int) -> int:
    """Return the row of a dance that is danced backwards once it ends, and so on."""
    turn = row % (2 * rows - 2)
    return min(turn, 2 * rows - 2 - turn)


def _slots(people: int) -> NDArray[np.float64]:
    """Return places in two rows."""
    front = (people + 1) // 2
    places = [(0.75 * (k - (front - 1) / 2), 4.3) for k in range(front)]
    back = people - front
    return np.array(places + [(0.75 * (k - (back - 1) / 2) + 0.3, 5.6) for k in range(back)])


def _abreast(people: int) -> NDArray[np.float64]:
    """Return places side by side, every other one a step behind, so that nobody runs into anybody."""
    return np.array([
        (0.85 * (k - (people - 1) / 2), 4.3 + 0.6 * (k % 2)) for k in range(people)
    ])  # fmt: skip


def _paths(
    at_s: NDArray[np.float64], slots: NDArray[np.float64], rng: np.random.Generator,
    aside: float = 0.0,
) -> NDArray[np.float64]:  # fmt: skip
    """Return where everybody stands (P, T, 2): all change places every three seconds.

    Half way everybody is so many body heights to the right of the straight line.
    """
    step_s = STAYS_S + GOES_S
    steps = int(at_s[-1] / step_s) + 2
    people = len(slots)
    orders = [np.arange(people)]
    for _ in range(steps):
        orders.append(_exchanged(orders[-1], rng))
    floor = np.empty((people, len(at_s), 2))
    for row, t in enumerate(at_s):
        step, within_s = divmod(float(t), step_s)
        share = max(0.0, (within_s - STAYS_S) / GOES_S)
        ease = 0.5 - 0.5 * np.cos(np.pi * share)
        now, then = (slots[orders[int(step) + k]] for k in (0, 1))
        way = then - now
        right = np.stack([way[:, 1], -way[:, 0]], axis=1)
        right /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        floor[:, row] = now + ease * way + aside * np.sin(np.pi * ease) * right
    return floor


def _exchanged(order: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return an order in which pairs have changed places."""
    who = rng.permutation(len(order))
    out = order.copy()
    for a, b in zip(who[::2], who[1::2], strict=False):
        out[[a, b]] = out[[b, a]]
    return out


def _lens(t: float, seconds: float, *, moving: bool) -> NDArray[np.float64]:
    """Return what the film's picture (2, 3) is of the standing camera's."""
    if not moving:
        return np.array([[1.0, 0, 0], [0, 1.0, 0]])
    share = t / seconds
    if share >= 0.5:  # behind the cut, from nearer
        zoom, x, y = 1.18, 30.0, 10.0
    else:
        zoom = 1 + 0.12 * np.sin(np.pi * min(share / 0.25, 1.0))
        x, y = 40 * np.sin(2 * np.pi * max(share - 0.25, 0) / 0.25), 0.0
    middle = np.array(SIZE) / 2
    shift = middle - zoom * middle + np.array([x, y])
    return np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])


def _placed(
    dance: NDArray[np.float32], place: NDArray[np.float64], lens: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a row of a dance (18, 3) as a camera sees it there, px."""
    joints = dance.astype(np.float64)
    body = FOCAL_PX / place[1]
    joints[:, :2] *= body / (body_px((dance * (1000, 1000, 1)).astype(np.float32)) / 1000)
    feet = joints[[10, 13], :2]
    joints[:, 0] += SIZE[0] / 2 + place[0] * body - feet[:, 0].mean()
    joints[:, 1] += HORIZON_PX + CAMERA_HIGH * body - feet[:, 1].max()
    joints[:, :2] = joints[:, :2] @ lens[:, :2].T + lens[:, 2]
    return joints


def _shown(joints: NDArray[np.float64], floor: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return who is in the picture and not behind somebody (P, T)."""
    x = joints[..., 0].mean(axis=2)
    inside: NDArray[np.bool_] = (x > 30) & (x < SIZE[0] - 30)
    body = FOCAL_PX / floor[..., 1]
    out = inside.copy()
    for k in range(len(joints)):
        for j in range(len(joints)):
            nearer = (floor[j, :, 1] < floor[k, :, 1]) & inside[j]
            out[k] &= ~(nearer & (np.abs(x[j] - x[k]) < HIDES * body[j]))
    return out


def _outfits(people: int, rng: np.random.Generator) -> tuple[Outfit, ...]:
    """Return clothes that differ, as those of a practice do."""
    out = []
    for k in range(people):
        like = OUTFITS[k % len(OUTFITS)]
        top, trousers, trim = (tuple(rng.integers(25, 235, 3).tolist()) for _ in range(3))
        out.append(Outfit(f"{k}", like.skin, like.hair, like.hair_style, top, trim, trousers,
                          like.shoes, 1.2 if k % 2 else 0.42))  # fmt: skip
    return tuple(out)


class _Posters:
    """A room with posters on its wall, seen through a lens."""

    def __init__(self) -> None:
        self._room = DrawnRoom(SIZE[::-1])
        rng = np.random.default_rng(5)
        sheet = rng.integers(40, 220, (12, 64, 3)).astype(np.uint8)
        self._posters = cv2.resize(sheet, (SIZE[0], 170), interpolation=cv2.INTER_NEAREST)

    def take(
        self,
        people: list[tuple[NDArray[np.float32], Outfit]],
        row: int,
        lens: NDArray[np.float64],
    ) -> NDArray[np.uint8]:
        """Return the picture of people whose joints are in px of the lens."""
        wall = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        wall[:170] = self._posters
        behind = cv2.warpAffine(wall, lens, SIZE, flags=cv2.INTER_LINEAR)
        picture = self._room.take(people, row)
        empty = self._room.take([], row)
        free = np.abs(picture.astype(np.int16) - empty).max(axis=2) < 6
        shown = free & (behind.max(axis=2) > 0)
        picture[shown] = behind[shown]
        return picture
