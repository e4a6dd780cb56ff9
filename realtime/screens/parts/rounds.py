"""What is said of a contest while it is danced: its rounds along the song, a call, a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.scoring.contest import BEST_OF, SOON_S
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.theme import (
    MAGENTA,
    NIGHT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.screens.group_view import ContestView
    from kpopdance.realtime.screens.parts.theme import Colour, Theme

BEGUN_S: Final = 2.5  # for which it is called out that a round has begun
TOLD_S: Final = 4.0  # and who has won it, or is out
GAP: Final = 3.0
"""Design units between two rounds on the song's bar."""
TO_COME: Final = 0.34
"""How bright a round is that is to come, or another's turn."""


class Call(NamedTuple):
    """What is called out on the stage, in whose colour."""

    words: str
    colour: Colour


def colour_of(place: int) -> Colour:
    """Return the colour of a dancer's place."""
    return PLAYER_COLOURS[place % len(PLAYER_COLOURS)]


def called_out(contest: ContestView, names: Sequence[str]) -> Call | None:
    """Return what is called out now, None: nothing."""
    course = contest.course
    if contest.kind == "together":
        return None
    if contest.kind == "relay":
        return _turn_called(contest, names)
    if course.told_s < TOLD_S:
        return _told(contest, names)
    if course.since_s < BEGUN_S and not is_won(contest):
        number, of = course.number + 1, len(contest.rounds)
        final = contest.kind == "elimination" and number == of > 1
        words = _("THE FINAL") if final else _("ROUND {n} OF {of}", n=number, of=of)
        return Call(words, MAGENTA)
    return None


def _turn_called(contest: ContestView, names: Sequence[str]) -> Call | None:
    course, rounds = contest.course, contest.rounds
    owner = rounds[course.number].owner or 0
    if course.since_s < 0:
        return Call(_("{name} begins", name=names[owner]), colour_of(owner))
    if course.since_s < BEGUN_S:
        return Call(_("{name}: your turn!", name=names[owner]), colour_of(owner))
    if course.number + 1 < len(rounds) and 0 < course.left_s <= SOON_S:
        after = rounds[course.number + 1].owner or 0
        words = _("{name} in {n}", name=names[after], n=math.ceil(course.left_s))
        return Call(words, colour_of(after))
    return None


def _told(contest: ContestView, names: Sequence[str]) -> Call:
    """Return what came of the round that was decided last."""
    ended = contest.course.ended
    who = ended[-1]
    if who is None:
        return Call(_("Round {n}: nobody", n=len(ended)), WHITE)
    if contest.kind == "elimination":
        return Call(_("{name} is out", name=names[who]), colour_of(who))
    if is_won(contest):
        return Call(_("{name} has won!", name=names[who]), colour_of(who))
    return Call(_("Round {n}: {name}", n=len(ended), name=names[who]), colour_of(who))


def is_won(contest: ContestView) -> bool:
    """Return whether nothing can change any more who wins the best of three."""
    ended = contest.course.ended
    return contest.kind == "duel" and any(
        ended.count(k) > BEST_OF // 2 for k in range(len(contest.stands))
    )


def line_of(contest: ContestView, names: Sequence[str]) -> str:
    """Return in a line what round it is and what comes; empty where all dance together."""
    course, rounds = contest.course, contest.rounds
    number, left_s = course.number, math.ceil(course.left_s)
    if contest.kind == "together":
        return ""
    if contest.kind == "relay":
        if number + 1 == len(rounds):
            return _("the last turn, {n} s to go", n=left_s)
        after = names[rounds[number + 1].owner or 0]
        return _("turn {k} of {of}, then {name} in {n} s",
                 k=number + 1, of=len(rounds), name=after, n=left_s)  # fmt: skip
    if is_won(contest):
        return _("It is won: dance on for fun.")
    words = N_("round {k} of {of}, {n} s to go")
    if contest.kind == "elimination":
        words = N_("round {k} of {of}: in {n} s one is out")
    return _(words, k=number + 1, of=len(rounds), n=left_s)


def draw_rounds(
    theme: Theme, surface: pygame.Surface, bar: pygame.Rect, contest: ContestView,
    song: tuple[float, float], u: float,
) -> None:  # fmt: skip
    """Draw the rounds along the song's bar; ``song`` is its second now and how many it has."""
    song_s, length_s = song
    if length_s <= 0:
        return
    place = bar.inflate(0, round(6 * u))
    for number, each in enumerate(contest.rounds):
        left, right = (
            place.left + place.width * min(max(at_s / length_s, 0.0), 1.0)
            for at_s in (each.start_s if number else 0.0, each.end_s)
        )
        whole = pygame.Rect(round(left), place.top, round(right - left - GAP * u), place.height)
        colour = _colour(contest, number)
        theme.pill(surface, whole, dim(colour, TO_COME))
        danced = whole.copy()
        danced.width = round(
            min(max(place.width * song_s / length_s + place.left - left, 0), whole.width)
        )
        if danced.width >= danced.height:
            theme.pill(surface, danced, colour)
    x = place.left + place.width * min(max(song_s / length_s, 0.0), 1.0)
    theme.shine(surface, (x, place.centery), 18 * u, WHITE)


def _colour(contest: ContestView, number: int) -> Colour:
    """Return whose a round is, or was, in their colour."""
    owner, ended = contest.rounds[number].owner, contest.course.ended
    if owner is not None:
        return colour_of(owner)
    if contest.kind == "duel" and number < len(ended):
        who = ended[number]
        return VIOLET if who is None else colour_of(who)
    return MAGENTA


def draw_call(
    theme: Theme, surface: pygame.Surface, stage: pygame.Rect, call: Call, u: float
) -> None:
    """Draw what is called out, above the coach."""
    high = min(74 * u, 0.2 * stage.height)
    panel = pygame.Rect(0, 0, round(0.8 * stage.width), round(high))
    panel.midtop = (stage.centerx, stage.top + round(4 * u))
    theme.panel(surface, panel, Glass(22 * u, call.colour, 2.4 * u, 200, NIGHT))
    style = Style(0.62 * high, WHITE, "centre", 9)
    theme.neon(surface, call.words, panel.inflate(-round(36 * u), 0), style, call.colour)
