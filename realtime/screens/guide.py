"""The guided song: a sentence in large letters, the coach who does it, the player who lights up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.dance_layout import dance_layout
from kpopdance.realtime.screens.parts.mirror import RADIUS, crop_to_fill
from kpopdance.realtime.screens.parts.notices import notices_height
from kpopdance.realtime.screens.parts.theme import (
    GOLD,
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
    scale_of,
)

if TYPE_CHECKING:
    import numpy as np
    import pygame
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.dance_layout import DanceLayout
    from kpopdance.realtime.screens.guide_view import GuideView
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.screens.screen import Meanings
    from kpopdance.realtime.screens.view import DanceView

KEYS: Final[Hints] = (
    ("Enter", N_("next")), ("M", N_("mirror")), ("N", N_("next dancer")), ("Esc", N_("skip all")),
)  # fmt: skip
END_KEYS: Final[Hints] = (("Enter", N_("to the songs")), ("R", N_("start again")))
STRIP: Final = 92
"""How high the sentence's strip is, design units."""
LIT_S: Final = 1.6
"""How long a body shines after a task."""
DONE: Final = N_("That's it!")
WATCH: Final = N_("Watch the coach, then do it too.")
POINTS: Final = N_("points")


class GuideScreen(DanceScreen):
    """Draws a ``DanceView`` with its ``guide``."""

    meanings: ClassVar[Meanings] = {
        "return": "next", "space": "next", "m": "mirror", "n": "another", "escape": "back",
        "r": "again",
    }  # fmt: skip

    def _layout(self, size: tuple[int, int], told: tuple[str, ...]) -> DanceLayout:
        u = scale_of(size)
        return dance_layout(size, notices_height(self.theme, told, size, u) + round(STRIP * u))

    def _head(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        guide, u = view.guide, at.unit
        if guide is None:
            return
        self.theme.write(surface, view.title, at.title, Style(30 * u, least=16 * u))
        words = f"{guide.number} / {guide.of}"
        self.theme.write(surface, words, at.clock, Style(22 * u, SOFT, "right"))
        wide = at.progress.width / guide.of
        for number in range(guide.of):
            left = at.progress.left + number * wide
            part = box(left, at.progress.top, left + wide - 6 * u, at.progress.bottom)
            now = number == guide.number - 1 and not guide.finished
            share = guide.share if now else float(number < guide.number)
            self.theme.bar(surface, part, share, MINT)
        strip = at.banner.copy()
        strip.top, strip.height = round(strip.bottom - STRIP * u), round((STRIP - 14) * u)
        self.theme.panel(surface, strip, Glass(22 * u, NIGHT, 0.5, 150, NIGHT))
        done = guide.finished or guide.done_age_s >= 0
        style = Style(54 * u, WHITE, "centre", 15)
        self.theme.neon(surface, guide.sentence, strip, style, MINT if done else MAGENTA)

    def _score(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Write what may help, or what was danced."""
        guide, u = view.guide, at.unit
        if guide is None:
            return
        whole = at.score.union(at.verdict)
        self.theme.panel(
            surface, whole.inflate(round(20 * u), 0), Glass(22 * u, NIGHT, 0.5, 150, NIGHT)
        )
        if guide.finished:
            self._end(surface, whole, guide, u)
        elif guide.done_age_s >= 0:
            style = Style(48 * u, WHITE, "centre", 14)
            self.theme.neon(surface, _(DONE), whole, style, MINT)
        else:
            ink = GOLD if guide.hint else SOFT
            self.theme.write_lines(surface, guide.hint or _(WATCH), whole, Style(30 * u, ink))

    def _end(
        self, surface: pygame.Surface, room: pygame.Rect, guide: GuideView, u: float
    ) -> None:
        if guide.score is None:
            return
        style = Style(100 * u, WHITE, "left", 24)
        number = self.theme.neon(surface, f"{guide.score:.0f}", room, style, dim(VIOLET, 0.9))
        rest = box(number.right + 16 * u, room.top, room.right, room.bottom)
        self.theme.write(surface, _(POINTS), rest, Style(27 * u, SOFT, "left", 11))

    def _verdict(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Nothing: what was done is told once it is."""

    def _lane(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        if view.guide is not None and view.guide.lane:
            super()._lane(surface, at, view)

    def _foot(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        over = view.guide is not None and view.guide.finished
        self.theme.keys(surface, at.keys, END_KEYS if over else KEYS)

    def _overlay(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Frame what the task is about, and let the player shine."""
        guide = view.guide
        if guide is None or guide.finished:
            return
        super()._overlay(surface, at, view)
        near = 1 - round(4 * (view.beat % 1)) / 4
        if guide.lit != "coach" and guide.done_age_s < 0:
            self._frame(surface, at, guide, near)
        self._shine(surface, at, view, guide, near)

    def _frame(
        self, surface: pygame.Surface, at: DanceLayout, guide: GuideView, near: float
    ) -> None:
        """Frame the player in the mirror, or where the lane's pictures are due."""
        u, frame, radius = at.unit, at.camera.copy(), at.camera.height * RADIUS
        if guide.lit == "lane":
            radius = 20 * u
            frame.size = (at.lane.height, at.lane.height)
            frame.center = (at.now_x, at.lane.centery)
        edge = Glass(radius, GOLD, (3 + 4 * near) * u, 0)
        self.theme.panel(surface, frame.inflate(round(10 * u), round(10 * u)), edge)

    def _shine(
        self, surface: pygame.Surface, at: DanceLayout, view: DanceView, guide: GuideView,
        near: float,
    ) -> None:  # fmt: skip
        """Let the joints glow that a task is about; all of them where it is done."""
        if view.picture is None or view.pose is None:
            return
        placed = _in_panel(view, at.camera)
        done, u, clip = guide.done_age_s >= 0, at.unit, surface.get_clip()
        joints = placed if done else placed[list(guide.glows)]
        radius, colour = (30 + 14 * near) * u, dim(GOLD, 0.7 + 0.3 * near)
        if done:
            radius, colour = 40 * u, dim(MINT, round(max(0.0, 1 - guide.done_age_s / LIT_S), 1))
        surface.set_clip(at.camera)
        for x, y, seen in joints.tolist():
            if seen > 0:
                self.theme.shine(surface, (x, y), radius, colour)
        surface.set_clip(clip)


def _in_panel(view: DanceView, panel: pygame.Rect) -> NDArray[np.float32]:
    """Return where the player's own joints (18, 3) are in the panel they are shown in, px."""
    assert view.picture is not None
    assert view.pose is not None
    high, wide = view.picture.shape[:2]
    joints = view.pose.joints.copy()
    if view.mirror:
        joints[:, 0] = wide - 1 - joints[:, 0]  # each keeps its name: a glow is a hand's own
    placed = crop_to_fill((wide, high), panel.size).to_panel(joints)
    placed[:, :2] += panel.topleft
    return placed
