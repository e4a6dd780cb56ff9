"""The stage of a group: coach, one mirror with everybody in it, and a card for each."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import BETWEEN
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.group_layout import group_layout
from kpopdance.realtime.screens.parts.dancer_card import MOST_CALLED, CardFace, draw_card
from kpopdance.realtime.screens.parts.group_mirror import GroupMirror, Shown
from kpopdance.realtime.screens.parts.notices import draw_notices, mending, notices_height
from kpopdance.realtime.screens.parts.rounds import (
    called_out,
    colour_of,
    draw_call,
    draw_rounds,
    line_of,
)
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    WHITE,
    Style,
    drawable,
    is_wide,
    scale_of,
)

if TYPE_CHECKING:
    from typing import ClassVar

    import pygame

    from kpopdance.realtime.scoring.contest import Kind, Stand
    from kpopdance.realtime.screens.dance import Alone
    from kpopdance.realtime.screens.dance_layout import DanceLayout
    from kpopdance.realtime.screens.group_layout import GroupLayout
    from kpopdance.realtime.screens.group_view import ContestView, DancerView, GroupView
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Align, Hints
    from kpopdance.realtime.screens.screen import Meanings
    from kpopdance.realtime.screens.view import DanceView

KEYS: Final[Hints] = (
    ("Space", N_("pause")), ("M", N_("mirror")), ("N", N_("say anew who is who")),
    ("F11", N_("full screen")),
)  # fmt: skip
PAUSED_KEYS: Final[Hints] = (
    ("Space", N_("go on")), ("R", N_("start again")), ("Esc", N_("back to the songs")),
)  # fmt: skip
COUNTED: Final = 4
"""Numbers of a count-in, which stand beside what is called out; the words before them do not."""
NEVER: Final = N_("step in")
LOST: Final = N_("not seen")
OUT: Final = N_("out")
ON: Final = N_("your turn")
SOON: Final = N_("get ready: {n}")
LATER: Final = N_("next turn in {n} s")
LEAST: Final = N_("out, if it stays so")
DONE: Final = N_("all turns danced")


class GroupScreen(DanceScreen):
    """Draws a ``GroupView``, with how everybody stands in what is played."""

    meanings: ClassVar[Meanings] = {
        "space": "pause", "return": "pause", "m": "mirror", "n": "another", "escape": "back",
        "r": "again", "v": "coach",
    }  # fmt: skip
    pause_keys: ClassVar[Hints] = PAUSED_KEYS

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self.group_mirror = GroupMirror(backdrop.theme)

    def draw_group(
        self, surface: pygame.Surface, view: GroupView, contest: ContestView,
        alone: Alone | None = None,
    ) -> None:  # fmt: skip
        """Draw one frame; ``alone`` as in ``draw``."""
        size, dance = surface.get_size(), view.dance
        if not drawable(size):
            return
        high = notices_height(self.theme, dance.told, size, scale_of(size))
        plain, at = (group_layout(size, len(view.dancers), banner) for banner in (0, high))
        shown = [
            Shown(each.pose, called(each), colour_of(each.place), not stand.on)
            for each, stand in zip(view.dancers, contest.stands, strict=True)
        ]
        picture = None if dance.blind else dance.picture

        def stage(at: GroupLayout) -> None:
            self._behind(surface, plain.dance, dance)
            self._stage(surface, at.dance, dance)
            self._head(surface, at.dance, dance)
            self._lane(surface, at.dance, dance)
            self.group_mirror.draw_group(
                surface, at.dance.camera, picture, shown, mirror=dance.mirror
            )
            self._cards(surface, at, view, contest)
            self._contest(surface, at.dance, view, contest)

        self._staged(surface, (plain, at), stage, alone)
        small = BETWEEN.join(filter(None, (view.given_up, dance.status)))
        self._foot(surface, at.dance, replace(dance, status=small))
        self._overlay(surface, at.dance, dance)
        draw_notices(self.theme, surface, at.dance.banner, dance.told, at.dance.unit)

    def _contest(
        self, surface: pygame.Surface, at: DanceLayout, view: GroupView, contest: ContestView
    ) -> None:
        """Draw the rounds, and what is called out."""
        dance, call = view.dance, called_out(contest, [called(each) for each in view.dancers])
        if len(contest.rounds) > 1:
            song = dance.song_s, dance.length_s
            draw_rounds(self.theme, surface, at.progress, contest, song, at.unit)
        if call is not None and dance.phase not in ("next song", "finished"):
            draw_call(self.theme, surface, at.coach, call, at.unit)
        if call is None or dance.counts <= COUNTED:
            self._called(surface, at, dance)

    def _foot(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        self.theme.keys(surface, at.keys, mending(view.health) + KEYS)
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        self.theme.write_parts(
            surface, view.status, at.status, Style(12.5 * at.unit, FAINT, align, 9)
        )

    def _cards(
        self, surface: pygame.Surface, at: GroupLayout, view: GroupView, contest: ContestView
    ) -> None:
        for place, dancer, stand in zip(at.cards, view.dancers, contest.stands, strict=True):
            face = card_of(dancer, stand, contest.kind)
            draw_card(self.theme, surface, place, face, at.dance.unit)
        words = line_of(contest, [called(each) for each in view.dancers])
        if contest.kind == "together" and view.apart_ms is not None:
            words = _("{ms:.0f} ms apart", ms=view.apart_ms)
        align: Align = "left" if is_wide(surface.get_size()) else "centre"
        self.theme.write(surface, words, at.team, Style(18 * at.dance.unit, WHITE, align, 7))


def called(dancer: DancerView) -> str:
    """Return what a dancer is called, by their number where they have no name."""
    return dancer.name or _("dancer {n}", n=dancer.place + 1)


def card_of(dancer: DancerView, stand: Stand, kind: Kind = "together") -> CardFace:
    """Return what stands on a dancer's card.

    Where rounds decide, the points are those of the round that is danced; between two turns of a relay
    nothing is told of what does not count.
    """
    verdict, by_round = dancer.verdict, kind in ("elimination", "duel")
    fresh = verdict is not None and verdict.judged and dancer.verdict_age_s < MOST_CALLED
    told = _amiss(dancer)
    if kind == "relay":
        told = told or _turn(stand, called=fresh)
    elif stand.least and not fresh:
        told = told or _(LEAST)
    told = stood(stand, told)
    return CardFace(
        called(dancer), dancer.place, stand.here if by_round and stand.on else stand.points,
        0 if kind == "relay" else dancer.combo,
        verdict.grade if fresh and verdict is not None and stand.on else None,
        told, 0 if by_round or stand.points is None else stand.rank, stand.on,
        stand.soon or stand.least,
    )  # fmt: skip


def stood(stand: Stand, told: str) -> str:
    """Return how somebody stands, in words: rounds won, and out, or what else is told."""
    if stand.out:
        told = _(OUT)
    elif stand.soon and stand.in_s is not None:
        told = told or _(SOON, n=math.ceil(stand.in_s))
    return " · ".join(filter(None, ("★" * stand.wins, told)))


def _amiss(dancer: DancerView) -> str:
    """Return why somebody is not seen; empty where they are."""
    if math.isinf(dancer.gone_s):
        return _(NEVER)
    return _(LOST) if dancer.lost else ""


def _turn(stand: Stand, *, called: bool) -> str:
    """Return what a relay's card says of turns; empty where a judgement is ``called`` instead."""
    if stand.on:
        return "" if called else _(ON)
    if stand.in_s is None:
        return _(DONE)
    return "" if stand.soon else _(LATER, n=math.ceil(stand.in_s))
