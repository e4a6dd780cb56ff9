"""Practising: the coach and what it repeats, the player's last try beside it, what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.scoring.practice import FULL, SLOWEST
from kpopdance.realtime.screens.dance import DanceScreen, count_in_word
from kpopdance.realtime.screens.parts.ghost import draw_ghost, likened
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    MINT,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    is_wide,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.dance_layout import DanceLayout
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.screens.practice_view import PracticeView
    from kpopdance.realtime.screens.screen import Meanings
    from kpopdance.realtime.screens.view import DanceView

KEYS: Final[Hints] = (
    ("↑ ↓", N_("tempo")), ("← →", N_("move")), ("Tab", N_("section")),
    ("L", N_("next of the list")), ("S", N_("steps")), ("G", N_("you")),
    ("M", N_("mirror, behind")), ("Space", N_("pause")), ("Enter", N_("dance it all")),
    ("Esc", N_("back")),
)  # fmt: skip
STEP_KEYS: Final[Hints] = (
    ("← →", N_("pose")), ("S", N_("dance it")), ("M", N_("mirror, behind")),
    ("Enter", N_("dance it all")), ("Esc", N_("back")),
)  # fmt: skip
PAUSE_KEYS: Final[Hints] = (
    ("Space", N_("go on")),
    ("Enter", N_("dance it all")),
    ("Esc", N_("back")),
)


class PracticeScreen(DanceScreen):
    """Draws a ``DanceView`` with its ``practice``."""

    meanings: ClassVar[Meanings] = {
        "left": "left", "right": "right", "up": "up", "down": "down", "tab": "whole",
        "s": "steps", "g": "ghost", "l": "next", "m": "mirror", "v": "coach", "n": "another",
        "space": "pause", "p": "pause", "return": "again", "escape": "back",
    }  # fmt: skip
    pause_keys: ClassVar[Hints] = PAUSE_KEYS

    def _stage(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        placed = None
        if view.film is None:
            placed = self.troupe.draw(
                surface, at.coach, view.coach, lead=0, at_s=view.song_s, mirror=view.mirror
            )
        else:
            self.film.draw(surface, at.coach, view.film, view)
        practice = view.practice
        if practice is None or practice.ghost is None or practice.ghost_place == "off":
            return
        place = likened(view.coach[0], placed, at.coach, mirror=view.mirror)
        if place is None:
            return
        beside = practice.ghost_place == "beside"
        joints = place(practice.ghost, beside)
        draw_ghost(surface, at.coach, joints, mirror=view.mirror)
        if beside:
            x = float(np.nanmean(joints[:, 0]))
            name = pygame.Rect(0, 0, round(120 * at.unit), round(26 * at.unit))
            name.midbottom = (round(x), at.coach.bottom)
            self.theme.write(surface, _("YOU"), name, Style(18 * at.unit, CYAN, "centre"))

    def _score(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        practice, u = view.practice, at.unit
        if practice is None:
            return
        glass = Glass(22 * u, NIGHT, 0.5, 150, NIGHT)
        behind = at.score.union(at.verdict).inflate(round(20 * u), 0)
        self.theme.panel(surface, behind, glass)
        head, row, _ = _panes(at)
        tempo = f"{10 * practice.tenths} %"
        drawn = self.theme.write(surface, tempo, head, Style(30 * u, CYAN, "right", 14))
        head.width = max(0, drawn.left - round(12 * u) - head.left)
        self.theme.write(surface, practice.what, head, Style(30 * u, WHITE, "left", 12))
        self._ladder(surface, row, at, practice)

    def _ladder(
        self, surface: pygame.Surface, row: pygame.Rect, at: DanceLayout, practice: PracticeView
    ) -> None:
        """Draw a step for each tempo, and a dot for each clean try that this one still wants."""
        u, steps = at.unit, FULL - SLOWEST + 1
        dots = practice.wanted * 22 * u
        wide = (row.width - dots - 16 * u) / steps
        for number in range(steps):
            bar = pygame.Rect(0, 0, round(wide - 5 * u), max(4, round(8 * u)))
            bar.midleft = (round(row.left + number * wide), row.centery)
            reached = SLOWEST + number <= practice.tenths
            self.theme.pill(surface, bar, CYAN if reached else dim(VIOLET, 0.35))
        for number in range(practice.wanted):
            x = row.right - (practice.wanted - number - 0.5) * 22 * u
            self._dot(surface, (x, row.centery), 7 * u, lit=number < practice.clean)

    @staticmethod
    def _dot(
        surface: pygame.Surface, at: tuple[float, float], radius: float, *, lit: bool
    ) -> None:
        pygame.draw.aacircle(surface, MINT if lit else dim(VIOLET, 0.6), at, radius)
        if not lit:
            pygame.draw.aacircle(surface, INK, at, 0.65 * radius)

    def _verdict(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        practice, u = view.practice, at.unit
        if practice is None:
            return
        room = _panes(at)[2]
        if not practice.told and practice.score is None:
            self.theme.write_lines(
                surface, _("Watch, then dance along."), room, Style(26 * u, SOFT)
            )
            return
        large = (
            practice.told
            if not practice.is_clean
            else _("Clean: {score:.0f}", score=practice.score)
        )
        small = practice.told if practice.is_clean else practice.advice
        ink = MINT if practice.is_clean else GOLD
        foot = box(room.left, room.bottom - 30 * u, room.right, room.bottom)
        room.height = foot.top - room.top
        px = self._largest(large, room, 44 * u)
        self.theme.write_lines(surface, large, room, Style(px, ink))
        if not practice.is_clean and practice.score is not None:
            mark = f"{practice.score:.0f}"
            drawn = self.theme.write(surface, mark, foot, Style(24 * u, FAINT, "right"))
            foot.width = max(0, drawn.left - round(10 * u) - foot.left)
        self.theme.write(surface, small, foot, Style(21 * u, WHITE, "left", 11))

    def _largest(self, text: str, room: pygame.Rect, px: float) -> float:
        """Return the largest size up to ``px`` at which a text's lines fit a room."""
        while (
            px > 12 and len(self.theme.wrapped(text, px, room.width)) * 1.38 * px > room.height
        ):
            px *= 0.92
        return px

    def _foot(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        stepping = view.practice is not None and view.practice.key_pose is not None
        keys = STEP_KEYS if stepping else KEYS
        if is_wide(surface.get_size()):
            self.theme.keys(surface, at.keys.union(at.status), keys)
            return
        self.theme.keys(surface, at.keys, keys[:5])
        self.theme.keys(surface, at.status, keys[5:])

    def _overlay(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        key_pose = None if view.practice is None else view.practice.key_pose
        if key_pose is not None:
            top = pygame.Rect(at.coach.topleft, (at.coach.width, round(44 * at.unit)))
            words = _("POSE {which} OF {of}", which=key_pose[0], of=key_pose[1])
            self.theme.neon(surface, words, top, Style(30 * at.unit, WHITE, "centre"), VIOLET)
            return
        super()._overlay(surface, at, view)

    def _count_in(self, surface: pygame.Surface, at: DanceLayout, beat: float) -> None:
        """Count above the coach, who stands in the first pose meanwhile."""
        word = count_in_word(beat)
        place = pygame.Rect(0, 0, round(0.3 * at.coach.width), round(0.3 * at.coach.height))
        place.topleft = at.coach.topleft
        px = (40 if len(word) > 1 else 130) * at.unit
        self.theme.neon(surface, word, place, Style(px, WHITE, "centre"), MAGENTA)


def _panes(at: DanceLayout) -> tuple[pygame.Rect, pygame.Rect, pygame.Rect]:
    """Return where it says what is repeated, how far it is, and what was wrong."""
    u, whole = at.unit, at.score.union(at.verdict)
    if whole.height > 0.4 * whole.width:
        right, rest = (
            whole.right,
            box(whole.left, whole.top + 72 * u, whole.right, whole.bottom - 6 * u),
        )
    else:
        right = whole.left + round(0.4 * whole.width)
        rest = box(right + 24 * u, whole.top + 6 * u, whole.right, whole.bottom - 6 * u)
    head = box(whole.left, whole.top + 8 * u, right, whole.top + 40 * u)
    return head, box(whole.left, head.bottom, right, head.bottom + 22 * u), rest
