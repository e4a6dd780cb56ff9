"""The words a dance is written in: arms, key poses and moves, read from ``vocabulary.txt``.

A key pose is *reached* on its count, so the motion happens before it. Angles are degrees, lengths per
cent of the body's height. What has a side is negative to the dancer's right, positive to the left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError

if TYPE_CHECKING:
    from collections.abc import Iterator

VOCABULARY: Final = Path(__file__).with_name("vocabulary.txt")
SIDED: Final = ("weight", "sway", "tilt", "hips", "lean", "twist", "head", "look", "face")
PLAIN: Final = ("push", "bend", "bow", "nod", "hop", "knees")
PARTS_OF_COUNT: Final = {"": 0.0, "e": 0.25, "&": 0.5, "a": 0.75}
PAIRS: Final = {
    "R": ("arm", "R"), "L": ("arm", "L"), "arms": ("arm", "RL"), "foot": ("foot", ""),
    "feet": ("foot", "RL"), "shrug": ("shrug", "RL"),
}  # fmt: skip
FIELDS: Final = {
    ("arm", "R"): "right", ("arm", "L"): "left", ("foot", "R"): "right_foot",
    ("foot", "L"): "left_foot", ("shrug", "R"): "shrug_right", ("shrug", "L"): "shrug_left",
}  # fmt: skip
COUNT: Final = re.compile(r"(\d+)([e&a]?)")
SIDE_VALUE: Final = re.compile(r"([RL]?)(-?\d+(?:\.\d+)?)")


class DanceWordError(DanceError):
    """A dance or the vocabulary says something nobody understands; the text names the line."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Where an upper arm and a forearm point.

    Degrees from hanging straight down to its own side: 90 out, 180 up, negative or above 180 across
    the body; tilts point to the front.
    """

    upper: float
    fore: float
    upper_tilt: float = 6.0
    fore_tilt: float = 9.0


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a foot is, from the dancer's place: to its own side, to the front, above the floor."""

    out: float = 8.0
    ahead: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Key:
    """One key pose.

    ``weight`` -100..100 stands on the right or the left foot; ``sway`` and ``push`` shift the hips
    aside and to the front, ``tilt`` and ``hips`` tip and turn them; ``lean``, ``bow``, ``twist`` are
    the torso's, ``head``, ``nod``, ``look`` the head's; ``face`` is where the whole body is turned;
    ``bend`` lowers the hips, ``hop`` raises all; ``sharp`` is the share of the way during which the
    last pose is held.
    """

    count: float = 0.0
    right: Arm = Arm(13, 5)
    left: Arm = Arm(13, 5)
    right_foot: Foot = Foot()
    left_foot: Foot = Foot()
    weight: float = 0.0
    sway: float = 0.0
    push: float = 0.0
    tilt: float = 0.0
    hips: float = 0.0
    lean: float = 0.0
    bow: float = 0.0
    twist: float = 0.0
    head: float = 0.0
    nod: float = 0.0
    look: float = 0.0
    face: float = 0.0
    bend: float = 1.5
    hop: float = 0.0
    shrug_right: float = 0.0
    shrug_left: float = 0.0
    knees: float = 28.0
    sharp: float = 0.0

    def mirrored(self) -> Key:
        """Return the same with left and right swapped."""
        turned = {name: -getattr(self, name) for name in SIDED}
        return replace(
            self, right=self.left, left=self.right, right_foot=self.left_foot,
            left_foot=self.right_foot, shrug_right=self.shrug_left, shrug_left=self.shrug_right,
            **turned,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """A move of so many counts: keys in order, the first on count 0; ``bounce`` per cent.

    ``legs`` are the keys of the hips, legs and feet, where they do another move.
    """

    name: str
    counts: float
    keys: tuple[Key, ...]
    bounce: float = 1.2
    legs: tuple[Key, ...] = ()

    def mirrored(self) -> Move:
        """Return the move to the other side."""
        keys, legs = (tuple(key.mirrored() for key in each) for each in (self.keys, self.legs))
        return replace(self, keys=keys, legs=legs)

    def slower(self, times: float) -> Move:
        """Return the move over so many times the counts."""
        keys, legs = (
            tuple(replace(key, count=key.count * times) for key in each)
            for each in (self.keys, self.legs)
        )
        return replace(self, keys=keys, legs=legs, counts=self.counts * times)

    def over(self, other: Move) -> Move:
        """Return the move on the legs of another, which they do as often as there is time.

        Raises
        ------
        DanceWordError
            Where that leaves some.
        """
        if self.counts % other.counts:
            raise DanceWordError(
                f"'{other.name}' of {other.counts:g} counts does not fill {self.counts:g}"
            )
        legs = tuple(
            replace(key, count=key.count + turn * other.counts)
            for turn in range(int(self.counts // other.counts))
            for key in other.keys
        )
        return replace(self, legs=legs, bounce=other.bounce)


@dataclass(slots=True)
class Vocabulary:
    """All arms and moves by name."""

    arms: dict[str, Arm] = field(default_factory=dict)
    moves: dict[str, Move] = field(default_factory=dict)


@cache
def vocabulary() -> Vocabulary:
    """Return the moves that every dance may use."""
    known = Vocabulary()
    read_words(VOCABULARY.read_text(encoding="utf-8").splitlines(), known, str(VOCABULARY.name))
    return known


def read_words(lines: list[str], known: Vocabulary, where: str) -> None:
    """Add the arms and moves that lines describe to those known.

    Raises
    ------
    DanceWordError
        Where a line is not understood.
    """
    making: _Making | None = None
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            if words[0] == "arm":
                known.arms[words[1]] = _arm(words[2])
            elif words[0] == "move":
                making = _Making(known, " ".join(words[1:]))
            elif making is None:
                raise DanceWordError(f"no move has begun before '{line.strip()}'")
            else:
                making.add(words)
        except StopIteration:
            raise DanceWordError(
                f"{where}, line {number}: {line.strip()}: a word is missing"
            ) from None
        except (ValueError, IndexError, TypeError, DanceWordError) as why:
            raise DanceWordError(f"{where}, line {number}: {line.strip()}: {why}") from None


class _Making:
    """A move while its lines are read."""

    def __init__(self, known: Vocabulary, title: str) -> None:
        name, counts, *more = (part.strip() for part in title.split(","))
        self._known = known
        self._key = Key()
        self._name, self._counts = name, float(counts)
        self._keys: list[Key] = []
        self._bounce = float(more[0].removeprefix("bounce ")) if more else 1.2
        self._done()

    def add(self, words: list[str]) -> None:
        """Read the line of a key pose."""
        self._key = _key_after(self._key, words, self._known.arms)
        before = self._keys[-1].count if self._keys else -1.0
        if not before < self._key.count < self._counts:
            raise DanceWordError(f"count {words[0]} does not follow, or the move is over")
        self._keys.append(self._key)
        self._done()

    def _done(self) -> None:
        move = Move(self._name, self._counts, tuple(self._keys), self._bounce)
        self._known.moves[self._name] = move


def count_of(text: str) -> float:
    """Return how many counts after the first a count such as 3& is.

    Raises
    ------
    ValueError
        Where it is none.
    """
    found = COUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no count; write 1, 1e, 1&, 1a, 2 and so on")
    return int(found[1]) - 1 + PARTS_OF_COUNT[found[2]]


def _key_after(before: Key, words: list[str], arms: dict[str, Arm]) -> Key:
    """Return the key that a line describes: as the one before it, but for what is said."""
    key = replace(before, count=count_of(words[0]), hop=0.0, sharp=0.0)
    rest = iter(words[1:])
    for word in rest:
        if word in SIDED or word == "sharp":
            said: dict[str, Any] = {word: _sided(next(rest))}
        elif word in PLAIN:
            said = {word: float(next(rest))}
        elif word in PAIRS:
            said = _of_pair(word, rest, arms)
        else:
            raise DanceWordError(f"'{word}' is no word of a key pose")
        key = replace(key, **said)
    return key


def _of_pair(word: str, rest: Iterator[str], arms: dict[str, Arm]) -> dict[str, Any]:
    """Return what is said of the arms, the feet or the shoulders, of one or of both."""
    what, sides = PAIRS[word]
    if word == "foot":
        sides = next(rest)
    text = next(rest)
    if what == "shrug" and text[0] in "RL":
        sides, text = text[0], text[1:]
    value = (
        float(text) if what == "shrug" else _foot(text) if what == "foot" else _arm(text, arms)
    )
    return {FIELDS[what, side]: value for side in sides}


def _arm(text: str, arms: dict[str, Arm] | None = None) -> Arm:
    """Return an arm by its name; or one angle if it is straight, upper/fore, or with both tilts."""
    if arms and text in arms:
        return arms[text]
    try:
        angles = [float(each) for each in text.split("/")]
    except ValueError:
        raise ValueError(f"no arm is called '{text}'") from None
    return Arm(angles[0], angles[0]) if len(angles) == 1 else Arm(*angles)


def _foot(text: str) -> Foot:
    return Foot(*(float(each) for each in text.split(",")))


def _sided(text: str) -> float:
    found = SIDE_VALUE.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no side and number such as R20, L5 or 0")
    return -float(found[2]) if found[1] == "R" else float(found[2])
