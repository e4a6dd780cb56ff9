"""The page on which the delay of speaker and camera is measured: two ways, clicks, what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import Chip, chip_places, draw_chips
from kpopdance.realtime.screens.parts.heading import draw_title
from kpopdance.realtime.screens.parts.mirror import MirrorPanel
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    MAGENTA,
    MINT,
    NIGHT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen
from kpopdance.realtime.screens.view import CalibrationView

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Place

BACK: Final = Chip("Esc", "back", "back")
CHIPS: Final = {
    "choose": (BACK,),
    "listen": (BACK,),
    "answer": (BACK,),
    "found": (
        Chip("Enter", "use it", "submit", edge=MINT), Chip("R", "measure again", "again"),
        Chip("Esc", "leave it as it was", "back"),
    ),
    "refused": (Chip("R", "try again", "again", edge=MINT), BACK),
}  # fmt: skip
WAYS: Final = (
    ("1", N_("Clap"), N_("A microphone hears how late your speaker is."),
     N_("Half a minute. Turn the speaker up; no headphones.")),
    ("2", N_("Strike"), N_("The camera sees how late speaker and camera are together."),
     N_("Half a minute. Stand back, with both hands in the picture.")),
)  # fmt: skip
DOING: Final = {
    ("listen", "claps"): N_("Listen: do not clap yet"),
    ("listen", "strokes"): N_("Listen: do not move yet"),
    ("answer", "claps"): N_("Clap with each click"),
    ("answer", "strokes"): N_("Strike down with both arms on each click"),
}
GO_BY_EAR: Final = N_("Go by what you hear, not by what you see.")
EARLIEST_MS, LATEST_MS = -200.0, 700.0
"""Ends of the line on which the answers lie."""
PULSE_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class CalibrationLayout:
    """Where everything is, px."""

    heading: pygame.Rect
    main: pygame.Rect
    beside: pygame.Rect
    line: pygame.Rect
    foot: pygame.Rect
    notices: pygame.Rect
    chips: pygame.Rect
    unit: float


def calibration_layout(size: tuple[int, int]) -> CalibrationLayout:
    """Return the layout of a window: what to do beside the camera's picture, or above it."""
    (width, height), u = size, scale_of(size)
    edge, low = 44 * u, height - 60 * u
    line = low - 150 * u
    wide = is_wide(size)
    middle = (width if wide else line + 90 * u) / 2
    top = 96 * u
    return CalibrationLayout(
        heading=box(edge, 22 * u, width - edge, 76 * u),
        main=box(edge, top, middle - 10 * u, line - 16 * u)
        if wide else box(edge, top, width - edge, middle - 10 * u),
        beside=box(middle + 10 * u, top, width - edge, line - 16 * u)
        if wide else box(edge, middle + 10 * u, width - edge, line - 16 * u),
        line=box(edge, line, width - edge, low - 40 * u),
        foot=box(edge, low - 34 * u, width - edge, low - 4 * u),
        notices=box(width * 0.4, 20 * u, width - edge, 60 * u),
        chips=box(edge, low + 6 * u, width - edge, height - 14 * u), unit=u,
    )  # fmt: skip


class CalibrationScreen(Screen):
    """Draws the page in all its phases."""

    meanings: ClassVar[Meanings] = {
        "1": "choose 1", "2": "choose 2", "return": "submit", "r": "again", "escape": "back",
        "m": "microphone",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self.mirror = MirrorPanel(backdrop.theme)
        self._view = CalibrationView()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The keys that mean something now."""
        view = self._view
        if view.phase != "choose" or not view.microphone:
            return CHIPS[view.phase]
        words = _("microphone: {name}", name=view.microphone)
        return Chip("M", words, "microphone"), BACK

    def draw(self, surface: pygame.Surface, view: CalibrationView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self._view, at = view, calibration_layout(size)
        beat = 2 * view.age_s
        self.backdrop.draw(
            surface, beat, centre_x=size[0] // 2, horizon_y=round(size[1] * 0.66)
        )
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        draw_title(self.theme, surface, at.heading, (_("MEASURE"), _("THE DELAY")), at.unit)
        if view.phase == "choose":
            self._ways(surface, at, view)
        elif view.phase in ("listen", "answer"):
            self._clicks(surface, at, view)
        else:
            self._result(surface, at, view)
        self.theme.write_parts(surface, view.devices, at.foot, Style(14 * at.unit, FAINT))
        draw_notices(self.theme, surface, at.notices, view.notices, at.unit)
        over = self._over.which if self._over and self._over.kind == "chip" else None
        draw_chips(self.theme, surface, self.chips, self._chip_places(at), over)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at = calibration_layout(size)
        for number, place in enumerate(self._chip_places(at)):
            if place.collidepoint(position):
                return Target("chip", number)
        if self._view.phase == "choose":
            for number, pane in enumerate((at.main, at.beside)):
                if pane.collidepoint(position):
                    return Target("choice", number)
        return None

    def _chip_places(self, at: CalibrationLayout) -> list[pygame.Rect]:
        return chip_places(self.theme, at.chips, self.chips, 32 * at.unit)

    def _ways(
        self, surface: pygame.Surface, at: CalibrationLayout, view: CalibrationView
    ) -> None:
        """Draw the two ways to choose from, and what is known already."""
        u, over = at.unit, self._over
        for number, (pane, way) in enumerate(zip((at.main, at.beside), WAYS, strict=True)):
            lit = over is not None and over.kind == "choice" and over.which == number
            edge = WHITE if lit else (MAGENTA, CYAN)[number]
            shade = (60, 30, 90) if lit else NIGHT
            self.theme.panel(surface, pane, Glass(26 * u, edge, 2.4, 214, shade))
            key, *told = way
            name, what, how = map(_, told)
            inner = pane.inflate(-round(64 * u), -round(56 * u))
            top = pygame.Rect(inner.left, inner.top, inner.width, round(76 * u))
            style = Style(58 * u)
            drawn = self.theme.neon(surface, self.theme.cap(key), top, style, dim(GOLD, 0.8))
            top.left, top.width = drawn.right + round(22 * u), inner.right - drawn.right
            self.theme.neon(surface, name, top, style, edge)
            text = _below(inner, top.bottom + round(18 * u))
            low = self.theme.write_lines(surface, what, text, Style(27 * u, WHITE))
            text = _below(inner, low + round(12 * u))
            self.theme.write_lines(surface, how, text, Style(21 * u, SOFT))
            figure = view.figures[number]
            foot = pygame.Rect(inner.left, 0, inner.width, round(64 * u))
            foot.bottom = inner.bottom
            style = Style((46 if figure else 21) * u, GOLD if figure else FAINT)
            self.theme.write(surface, figure or _("not measured yet"), foot, style)
        self.theme.write_lines(surface, view.words, at.line, Style(23 * u, SOFT))

    def _clicks(
        self, surface: pygame.Surface, at: CalibrationLayout, view: CalibrationView
    ) -> None:
        """Draw what to do, the click as it is heard, and the answers so far."""
        u, pane = at.unit, at.main
        if view.way == "claps":
            pane = at.main.union(at.beside)
        else:
            self.mirror.draw(surface, at.beside, view)
        self.theme.panel(surface, pane, Glass(26 * u, VIOLET, 1.6, 200, NIGHT))
        inner = pane.inflate(-round(44 * u), -round(36 * u))
        top = pygame.Rect(inner.left, inner.top, inner.width, round(48 * u))
        doing = _(DOING[view.phase, view.way])
        self.theme.write(surface, doing, top, Style(34 * u, WHITE, "centre"))
        low = pygame.Rect(inner.left, inner.bottom - round(30 * u), inner.width, round(30 * u))
        self.theme.write(surface, _(GO_BY_EAR), low, Style(20 * u, SOFT, "centre"))
        centre = (inner.centerx, (top.bottom + low.top) / 2)
        room = (low.top - top.bottom) / 2
        lit = max(0.0, 1 - view.since_click_s / PULSE_S)
        answering = view.phase == "answer"
        ink = MAGENTA if answering else CYAN
        self.theme.shine(surface, centre, room * 1.3, dim(ink, 0.25 + 0.5 * lit))
        ring = mix(dim(ink, 0.7), WHITE, lit)
        pygame.draw.aacircle(surface, ring, centre, room * 0.78, max(2, round(6 * u)))
        count = pygame.Rect(0, 0, round(room * 1.4), round(room))
        count.center = (round(centre[0]), round(centre[1]))
        words = f"{len(view.lags_ms)} / {view.needed}" if answering else "..."
        self.theme.write(surface, words, count, Style(0.36 * room, WHITE, "centre"))
        self._answers(surface, at, view)

    def _result(
        self, surface: pygame.Surface, at: CalibrationLayout, view: CalibrationView
    ) -> None:
        """Draw what was found, or why nothing was."""
        u, found = at.unit, view.phase == "found"
        pane = at.main.union(at.beside)
        self.theme.panel(surface, pane, Glass(30 * u, MINT if found else RED, 2.0, 224, NIGHT))
        inner = pane.inflate(-round(88 * u), -round(64 * u))
        heading = " ".join(view.figures) if found else _("Not sure enough")
        high = round((150 if found else 70) * u)
        top = pygame.Rect(inner.left, inner.top, inner.width, high)
        glow = dim(MINT if found else RED, 0.8)
        self.theme.neon(surface, heading, top, Style((110 if found else 50) * u), glow)
        text = _below(inner, top.bottom + round(12 * u))
        for number, line in enumerate(view.words.splitlines()):
            style = Style((30 if number == 0 else 21) * u, WHITE if number == 0 else SOFT)
            low = self.theme.write_lines(surface, line, text, style)
            text = _below(inner, low + round(10 * u))
        self._answers(surface, at, view)

    def _answers(
        self, surface: pygame.Surface, at: CalibrationLayout, view: CalibrationView
    ) -> None:
        """Draw each answer on a line of how late it was."""
        u, line = at.unit, at.line
        self.theme.panel(surface, line, Glass(18 * u, dim(VIOLET, 0.8), 1.2, 190, NIGHT))
        inner = line.inflate(-round(48 * u), -round(12 * u))
        y = inner.top + round(inner.height * 0.42)
        thin = max(1, round(u))

        def x_of(ms: float) -> int:
            share = (min(max(ms, EARLIEST_MS), LATEST_MS) - EARLIEST_MS) / (
                LATEST_MS - EARLIEST_MS
            )
            return inner.left + round(share * inner.width)

        pygame.draw.line(surface, FAINT, (inner.left, y), (inner.right, y), thin)
        for ms in range(0, round(LATEST_MS), 100):
            x = x_of(ms)
            pygame.draw.line(surface, FAINT, (x, y - 6 * u), (x, y + 6 * u), thin)
            words = pygame.Rect(
                x - round(50 * u), inner.bottom - round(26 * u), round(100 * u), round(24 * u)
            )
            name = f"{ms} ms" if ms else _("click")
            self.theme.write(surface, name, words, Style(15 * u, FAINT, "centre", 6))
        if view.clicks_ms is not None:
            x = x_of(view.clicks_ms)
            pygame.draw.line(surface, CYAN, (x, y - 24 * u), (x, y + 14 * u), 3 * thin)
        for lag_ms in view.lags_ms:
            x = x_of(lag_ms)
            self.theme.shine(surface, (x, y), 20 * u, dim(MAGENTA, 0.7))
            pygame.draw.aacircle(surface, WHITE, (x, y), max(2, round(5 * u)))


def _below(pane: pygame.Rect, top: int) -> pygame.Rect:
    """Return the part of a pane from a y on."""
    return pygame.Rect(pane.left, top, pane.width, max(0, pane.bottom - top))
