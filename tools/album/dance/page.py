"""A dance's page of text: who stands where, and line by line what they do.

``docs/packs.md`` says how such a page is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tools.album.dance.words import DanceWordError, Move, Vocabulary, read_words, vocabulary

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[float, float]
"""Body heights to the viewer's right and towards the viewer, from the stage's middle."""
BEATS_OF_BAR: Final = 4
PACES: Final = {"slow": 2.0, "quick": 0.5}
TIMES: Final = re.compile(r"x\d+")
OF_MOVES: Final = re.compile(r"move |arm \S+ -?\d|\d+[e&a]?\s")
"""How lines begin that describe moves of the dance's own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is danced over so many counts, and who does something else.

    ``others`` member -> moves; ``mirrors`` do it to the other side; in ``canon`` each begins so many
    counts after the one before; ``to`` a formation all walk to meanwhile, ``centre`` in its first place.
    """

    moves: tuple[Move, ...]
    others: dict[int, tuple[Move, ...]] = field(default_factory=dict)
    mirrors: frozenset[int] = frozenset()
    canon: float = 0.0
    to: str = ""
    centre: int = 0

    @property
    def counts(self) -> float:
        """How long it is."""
        return sum(move.counts for move in self.moves)


@dataclass(slots=True)
class Page:
    """A dance as it is written.

    Members count from 0; ``height`` of the lead in the picture, 0..1; ``sharp`` per cent of the way
    to every pose during which the one before is held, where the pose says nothing.
    """

    members: int = 1
    height: float = 0.62
    sharp: float = 0.0
    formations: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    phrases: dict[str, list[Line]] = field(default_factory=dict)
    sections: list[tuple[str, list[Line]]] = field(default_factory=list)
    words: Vocabulary = field(default_factory=Vocabulary)


def read_page(path: Path) -> Page:
    """Return the dance that a page describes.

    Raises
    ------
    DanceWordError
        Where a line is not understood; the text names it.
    """
    known = vocabulary()
    page = Page(words=Vocabulary(dict(known.arms), dict(known.moves)))
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    own = [line if OF_MOVES.match(line) else "" for line in lines]
    read_words(own, page.words, path.name)
    for number, line in enumerate(lines, 1):
        if not line or OF_MOVES.match(line):
            continue
        try:
            _read_line(page, line)
        except (KeyError, ValueError, IndexError, DanceWordError) as why:
            raise DanceWordError(f"{path.name}, line {number}: {line}: {why}") from None
    return page


def _read_line(page: Page, line: str) -> None:
    """Read a line that describes no move."""
    head, _, rest = line.partition(":")
    first, _, name = head.partition(" ")
    if line.startswith("["):
        page.sections.append((line.strip("[] "), []))
    elif first == "members":
        page.members = int(name)
    elif first == "height":
        page.height = float(name) / 100
    elif first == "sharp":
        page.sharp = float(name)
    elif first == "formation":
        page.formations[name] = _places(rest, page.members)
    elif first == "phrase":
        page.phrases.setdefault(name, []).append(_line(page, rest))
    elif not page.sections:
        raise DanceWordError("no [section] has begun")
    else:
        page.sections[-1][1].extend(page.phrases.get(line) or [_line(page, line)])


def _places(text: str, members: int) -> tuple[Place, ...]:
    """Return the places of a formation, written in per cent of the body."""
    places = [tuple(float(value) / 100 for value in each.split()) for each in text.split(",")]
    if len(places) != members or any(len(place) != 2 for place in places):
        raise DanceWordError(f"name {members} places, two numbers each")
    return tuple((x, z) for x, z in places)


def _line(page: Page, text: str) -> Line:
    """Return one line of moves with what is said of the members."""
    danced, *options = (part.strip() for part in text.split("|"))
    line = Line(_moves(page, danced))
    for option in options:
        who, _, other = option.partition(":")
        word, *more = who.split()
        if other:
            moves = _moves(page, other)
            if sum(move.counts for move in moves) != line.counts:
                raise DanceWordError(f"'{option}' is not as long as the rest of the line")
            others = dict.fromkeys(_members(page, [word, *more]), moves)
            line = replace(line, others=line.others | others)
        elif word == "mirror":
            line = replace(line, mirrors=frozenset(_members(page, more)))
        elif word == "canon":
            line = replace(line, canon=float(more[0]))
        elif word == "to" and more[0] in page.formations:
            centre = _members(page, more[2:])[0] if more[1:2] == ["centre"] else 0
            line = replace(line, to=more[0], centre=centre)
        else:
            raise DanceWordError(f"'{option}' says nothing that is known")
    return line


def _members(page: Page, numbers: list[str]) -> list[int]:
    """Return members, counted from 0, that a page counts from 1."""
    members = [int(number) - 1 for number in numbers]
    if not members or not all(0 <= member < page.members for member in members):
        raise DanceWordError(f"members are 1 to {page.members}, not {' '.join(numbers)}")
    return members


def _moves(page: Page, text: str) -> tuple[Move, ...]:
    """Return the moves called for, such as ``point L x2`` or ``slow heart over groove``."""
    moves: list[Move] = []
    for each in text.split(","):
        words = each.split()
        times = int(words.pop()[1:]) if TIMES.fullmatch(words[-1]) else 1
        upper, _, legs = " ".join(words).partition(" over ")
        move = _move(page, upper)
        moves += [move.over(_move(page, legs)) if legs else move] * times
    return tuple(moves)


def _move(page: Page, text: str) -> Move:
    """Return one move, to its side and in its pace."""
    words = text.split()
    mirrored = words[-1] == "L"
    if words[-1] in ("R", "L"):
        words.pop()
    pace = PACES.get(words[0], 1.0)
    name = " ".join(words[pace != 1.0 :])
    if name not in page.words.moves:
        raise DanceWordError(f"no move is called '{name}'")
    move = page.words.moves[name].slower(pace)
    return move.mirrored() if mirrored else move
