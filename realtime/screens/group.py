"""The stage of a group: coach, one mirror with everybody in it, and a card for each."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import BETWEEN
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.group_layout import group_layout
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.dancer_card import MOST_CALLED, CardFace, draw_card
from kpopdance.realtime.screens.parts.group_mirror import GroupMirror, Shown
from kpopdance.realtime.screens.parts.notices import draw_notices, mending, notices_height
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    SOFT,
    Style,
    drawable,
    is_wide,
    scale_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar

    import pygame

    from kpopdance.realtime.scoring.contest import Stand
    from kpopdance.realtime.screens.dance import Alone
    from kpopdance.realtime.screens.dance_layout import DanceLayout
    from kpopdance.realtime.screens.group_layout import GroupLayout
    from kpopdance.realtime.screens.group_view import DancerView, GroupView
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
NEVER: Final = N_("step in")
LOST: Final = N_("not seen")
OUT: Final = N_("out")
ON: Final = N_("your turn")
SOON: Final = N_("get ready")


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
        self, surface: pygame.Surface, view: GroupView, stands: Sequence[Stand], *,
        turns: bool, alone: Alone | None = None,
    ) -> None:  # fmt: skip
        """Draw one frame; ``turns``: not everybody dances at once; ``alone`` as in ``draw``."""
        size, dance = surface.get_size(), view.dance
        if not drawable(size):
            return
        high = notices_height(self.theme, dance.told, size, scale_of(size))
        plain, at = (group_layout(size, len(view.dancers), banner) for banner in (0, high))
        shown = [
            Shown(each.pose, called(each), colour_of(each), turns and not stand.on)
            for each, stand in zip(view.dancers, stands, strict=True)
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
            self._cards(surface, at, view, stands, turns=turns)
            self._called(surface, at.dance, dance)

        self._staged(surface, (plain, at), stage, alone)
        small = BETWEEN.join(filter(None, (view.given_up, dance.status)))
        self._foot(surface, at.dance, replace(dance, status=small))
        self._overlay(surface, at.dance, dance)
        draw_notices(self.theme, surface, at.dance.banner, dance.told, at.dance.unit)

    def _foot(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        self.theme.keys(surface, at.keys, mending(view.health) + KEYS)
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        self.theme.write_parts(
            surface, view.status, at.status, Style(12.5 * at.unit, FAINT, align, 9)
        )

    def _cards(
        self, surface: pygame.Surface, at: GroupLayout, view: GroupView,
        stands: Sequence[Stand], *, turns: bool,
    ) -> None:  # fmt: skip
        danced = any(stand.points is not None for stand in stands)
        for place, dancer, stand in zip(at.cards, view.dancers, stands, strict=True):
            face = card_of(dancer, stand, turns=turns, ranked=danced)
            draw_card(self.theme, surface, place, face, at.dance.unit)
        apart = view.apart_ms
        words = "" if apart is None else _("{ms:.0f} ms apart", ms=apart)
        align: Align = "left" if is_wide(surface.get_size()) else "centre"
        self.theme.write(surface, words, at.team, Style(17 * at.dance.unit, SOFT, align, 7))


def called(dancer: DancerView) -> str:
    """Return what a dancer is called, by their number where they have no name."""
    return dancer.name or _("dancer {n}", n=dancer.place + 1)


def colour_of(dancer: DancerView) -> tuple[int, int, int]:
    """Return the colour of a dancer's place."""
    return PLAYER_COLOURS[dancer.place % len(PLAYER_COLOURS)]


def card_of(dancer: DancerView, stand: Stand, *, turns: bool, ranked: bool) -> CardFace:
    """Return what stands on a dancer's card."""
    verdict = dancer.verdict
    fresh = verdict is not None and verdict.judged and dancer.verdict_age_s < MOST_CALLED
    told = ""
    if math.isinf(dancer.gone_s):
        told = _(NEVER)
    elif dancer.lost:
        told = _(LOST)
    elif not stand.soon and turns and stand.on and not fresh:
        told = _(ON)
    told = stood(stand, told)
    grade = verdict.grade if fresh and verdict is not None and stand.on else None
    return CardFace(
        called(dancer), dancer.place, stand.points, dancer.combo, grade, told,
        stand.rank if ranked else 0, stand.on or not turns,
    )  # fmt: skip


def stood(stand: Stand, told: str) -> str:
    """Return how somebody stands, in words: rounds won, and out, or what else is told."""
    if stand.out:
        told = _(OUT)
    elif stand.soon:
        told = told or _(SOON)
    return " · ".join(filter(None, ("★" * stand.wins, told)))
