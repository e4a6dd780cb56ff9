"""A page and a tempo become what all members dance: joints in the picture, places on the floor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.library.choreography_file import GRID
from tools.album.dance.company import keep_from_each_other
from tools.album.dance.feet import Cue, footwork
from tools.album.dance.figure import joints_of
from tools.album.dance.page import BEATS_OF_BAR
from tools.album.dance.springs import RATE
from tools.album.dance.stage import changes_of, place_at
from tools.album.dance.words import DanceWordError, Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.tempo import Tempo
    from tools.album.dance.page import Line, Page, Place
    from tools.album.dance.stage import Change

    Floats = NDArray[np.float64]

FPS: Final = 30.0
EVERY: Final = round(RATE / FPS)
FLOOR_GRID: Final = 512.0
"""Places on the floor are kept to so many parts of a body's height."""
ASPECT: Final = 16 / 9
FLOOR: Final = 0.93
"""Where the front middle's soles are in the picture, of its height."""
DISTANCE: Final = 6.5
EYE: Final = 0.95
"""The camera: so far away, so high, body heights; it looks level."""
WALKS: Final = 0.06
"""A change of place shorter than this a beat needs no walking, body heights."""


@dataclass(frozen=True, slots=True, eq=False)
class Danced:
    """What all members dance.

    ``space`` float64 (M, T, 18, 3) body heights; ``planted`` bool (M, T, 2) which feet stand;
    ``places`` (M, T, 2) on the floor, x and z; ``height`` of a body in the picture's front middle.
    """

    space: Floats
    planted: NDArray[np.bool_]
    places: Floats
    height: float

    @property
    def members(self) -> tuple[Choreography, ...]:
        """Their joints in stage units, on the grid that packs keep in little room."""
        picture = np.round(projected(self.space, self.height) * GRID) / GRID
        seen = np.concatenate([picture, np.ones_like(picture[..., :1])], axis=-1)
        return tuple(Choreography(one, FPS) for one in seen.astype(np.float32))

    @property
    def formation(self) -> Formation:
        """Where they stand, away from who looks on."""
        middle = self.places.reshape(-1, 2).mean(axis=0)
        floor = np.round((self.places - middle) * [1, -1] * FLOOR_GRID) / FLOOR_GRID
        return Formation(floor.astype(np.float32), np.ones(floor.shape[:2], dtype=np.bool_))


def dance(
    page: Page, sections: Sequence[tuple[str, int]], tempo: Tempo, end_s: float
) -> Danced:
    """Return what a page's members dance from second 0 to the end.

    Parameters
    ----------
    sections : (name, bars) each
        As the music has them, the page's in the same order.

    Raises
    ------
    DanceWordError
        Where the page does not fill the music.
    """
    check(page, sections)
    at_s = np.arange(round(end_s * RATE) + 1) / RATE
    beats = np.array([tempo.beat_at(second) for second in at_s])
    first, changes = changes_of(page)
    kept = slice(None, None, EVERY)
    space, planted, places = [], [], []
    for member in range(page.members):
        upper, lower = (_cues(page, member, tempo, legs=legs) for legs in (False, True))
        feet = footwork(_steps(lower, member, tempo, (first, changes)), at_s)
        space.append(joints_of(upper, lower, feet, at_s, beats))
        planted.append(feet.planted[kept])
        places.append([place_at(first, changes, member, beat) for beat in beats[kept]])
    together = np.stack(space)
    keep_from_each_other(together)
    return Danced(together[:, kept], np.stack(planted), np.array(places), page.height)


def check(page: Page, sections: Sequence[tuple[str, int]]) -> None:
    """Refuse a page whose sections are not the music's."""
    wanted = [(name, bars * BEATS_OF_BAR) for name, bars in sections]
    written = [(name, sum(line.counts for line in lines)) for name, lines in page.sections]
    for number, (want, have) in enumerate(zip(wanted, written, strict=False), 1):
        if want != have:
            raise DanceWordError(
                f"section {number} is {have[0]} of {have[1]:g} counts, and the music has "
                f"{want[0]} of {want[1]}"
            )
    if len(wanted) != len(written):
        raise DanceWordError(f"{len(written)} sections, and the music has {len(wanted)}")


def _cues(page: Page, member: int, tempo: Tempo, *, legs: bool) -> list[Cue]:
    """Return one member's key poses in time: those of the upper body, or of hips and legs."""
    timed = [(-1.0, Key(), 0.0)]
    beat = 0.0
    for _, lines in page.sections:
        for line in lines:
            keys = _keys(line, member, legs=legs)
            timed += [(beat + when, key, bounce) for when, key, bounce in keys]
            beat += line.counts
    timed.append((beat + 1, replace(timed[-1][1], hop=0.0), 0.0))
    return [
        Cue(
            when,
            tempo.second_of(when),
            replace(key, sharp=key.sharp or page.sharp),
            bounce / 100,
        )
        for when, key, bounce in timed
    ]


def _steps(
    cues: list[Cue], member: int, tempo: Tempo, stage: tuple[tuple[Place, ...], list[Change]]
) -> list[Cue]:
    """Return where a member's feet go: as the key poses say, and in walks a step a beat."""
    first, changes = stage
    walks = [change for change in changes if _goes(change, member)]
    feet = [
        replace(cue, place=place_at(first, changes, member, cue.beat))
        for cue in cues
        if not any(change.from_beat < cue.beat <= change.to_beat for change in walks)
    ]
    feet += [
        _step(float(beat), change, member, tempo)
        for change in walks
        for beat in np.arange(change.from_beat + 1, change.to_beat + 0.5)
    ]
    return sorted(feet, key=lambda cue: cue.at_s)


def _step(beat: float, change: Change, member: int, tempo: Tempo) -> Cue:
    """Return a step of a walk: it lands where the body will be a beat later."""
    place = change.at(member, min(beat + 1, change.to_beat))
    to_the_left = change.after[member][0] > change.before[member][0]
    step = round(beat - change.from_beat) + (2 if to_the_left else 1)
    return Cue(beat, tempo.second_of(beat), Key(), place=place, walks=True, step=step)


def _keys(line: Line, member: int, *, legs: bool) -> list[tuple[float, Key, float]]:
    """Return count, key and bounce of what a member's upper body or legs do in a line."""
    keys = []
    start = line.canon * member
    for move in line.others.get(member, line.moves):
        danced = move.mirrored() if member in line.mirrors else move
        wanted = danced.legs if legs and danced.legs else danced.keys
        keys += [(start + key.count, key, move.bounce) for key in wanted]
        start += move.counts
    return [each for each in keys if each[0] < line.counts]


def _goes(change: Change, member: int) -> bool:
    """Return whether a member walks in a change."""
    way = np.subtract(change.after[member], change.before[member])
    return bool(np.linalg.norm(way) > WALKS)


def projected(space: Floats, height: float) -> Floats:
    """Return places in the picture (..., 2), stage units, of points (..., 3) in body heights."""
    nearer = height * DISTANCE / (DISTANCE - space[..., 2])
    x = ASPECT / 2 + space[..., 0] * nearer
    y = FLOOR - EYE * height + (EYE - space[..., 1]) * nearer
    return np.stack([x, y], axis=-1)
