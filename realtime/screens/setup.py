"""The set-up page: oneself in the mirror, the cameras, and all that can be set, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.brush import resized
from kpopdance.realtime.screens.parts.chips import Chip, chip_at, chip_places, draw_chips
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.outline import OutlinePanel, draw_sentence, fitting
from kpopdance.realtime.screens.parts.set_lines import SetLines
from kpopdance.realtime.screens.parts.strict_sketch import draw_sketches
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
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
    drawable,
    is_wide,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.setup_view import CameraCard, SetupView

READY: Final = N_("There you are: head and feet are in.")
SEATED_READY: Final = N_("There you are: head and hips are in.")
LOOKING: Final = N_("Looking for cameras ...")
NO_CAMERA: Final = N_(
    "No webcam is plugged in: plug one in, let a phone be the camera, or look on as a drawn dancer "
    "dances (→)."
)
CHIPS: Final = (
    Chip("↑ ↓", "choose", "down"), Chip("← →", "change", "right"),
    Chip("M", "mirror", "mirror"), Chip("D", "measure the delay", "delay"),
    Chip("I", "what was found here", "doctor"),
    Chip("Esc", "done", "back"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetupLayout:
    """Where everything is, px; none covers another."""

    title: pygame.Rect
    mirror: pygame.Rect
    sentence: pygame.Rect
    cameras: pygame.Rect
    rows: pygame.Rect
    about: pygame.Rect
    chips: pygame.Rect
    banner: pygame.Rect
    unit: float


@lru_cache(maxsize=4)
def setup_layout(size: tuple[int, int]) -> SetupLayout:
    """Return the layout of a window: the mirror beside the lines, or above them."""
    (width, height), u = size, scale_of(size)
    foot = height - 14 * u
    chips = box(32 * u, foot - 36 * u, width - 32 * u, foot)
    if is_wide(size):
        column = width * 0.55
        return SetupLayout(
            title=box(32 * u, 14 * u, column, 62 * u),
            mirror=box(32 * u, 68 * u, column, foot - 224 * u),
            sentence=box(32 * u, foot - 216 * u, column, foot - 172 * u),
            cameras=box(32 * u, foot - 164 * u, column, foot - 50 * u),
            rows=box(column + 24 * u, 20 * u, width - 32 * u, foot - 228 * u),
            about=box(column + 24 * u, foot - 218 * u, width - 32 * u, foot - 50 * u),
            chips=chips, banner=box(32 * u, 72 * u, column, 120 * u), unit=u,
        )  # fmt: skip
    middle = height * 0.40
    return SetupLayout(
        title=box(28 * u, 14 * u, width - 28 * u, 62 * u),
        mirror=box(28 * u, 70 * u, width - 28 * u, middle - 52 * u),
        sentence=box(28 * u, middle - 44 * u, width - 28 * u, middle),
        cameras=box(28 * u, middle + 10 * u, width - 28 * u, middle + 110 * u),
        rows=box(28 * u, middle + 122 * u, width - 28 * u, foot - 236 * u),
        about=box(28 * u, foot - 226 * u, width - 28 * u, foot - 92 * u),
        chips=box(28 * u, foot - 82 * u, width - 28 * u, foot),
        banner=box(28 * u, 70 * u, width - 28 * u, 118 * u), unit=u,
    )  # fmt: skip


class SetupScreen(Screen):
    """Draws a ``SetupView``."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "left": "left", "right": "right", "return": "write",
        "space": "write", "escape": "back", "m": "mirror", "i": "doctor", "d": "delay",
        "f1": "back",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop, chips: tuple[Chip, ...] = CHIPS) -> None:
        super().__init__(backdrop)
        self.chips = chips
        self._panel = OutlinePanel(backdrop.theme)
        self._lines = SetLines(backdrop.theme)
        self._view: SetupView | None = None
        self._sketches: list[pygame.Rect] = []

    def draw(self, surface: pygame.Surface, view: SetupView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self._view, self._sketches, at = view, [], setup_layout(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=at.mirror.centerx, horizon_y=round(size[1] * 0.7)
        )
        words = _("WELCOME") if view.first else _("SET UP")
        style = Style(38 * at.unit, least=8)
        title = self.theme.neon(surface, words, at.title, style, MAGENTA)
        rest = box(title.right + 18 * at.unit, at.title.top, at.title.right, at.title.bottom)
        told = (
            _("Stand where you will dance.") if view.first else _("Every change holds at once.")
        )
        self.theme.write(surface, told, rest, Style(19 * at.unit, SOFT, least=7))
        self._mirror(surface, at, view)
        self._cameras(surface, at, view)
        self._rows(surface, at, view)
        self._about(surface, at, view)
        lit = self._over.which if self._over is not None and self._over.kind == "chip" else None
        draw_chips(self.theme, surface, self.chips, self._chip_places(at), lit)
        draw_notices(self.theme, surface, at.banner, view.notices, at.unit)

    def _mirror(self, surface: pygame.Surface, at: SetupLayout, view: SetupView) -> None:
        self._panel.draw(surface, at.mirror, view.stand)
        ready = SEATED_READY if view.stand.seated else READY
        words = _(view.stand.sentence or ready)
        draw_sentence(self.theme, surface, at.sentence, view.stand, words)

    def _cameras(self, surface: pygame.Surface, at: SetupLayout, view: SetupView) -> None:
        if not view.cameras:
            words = LOOKING if view.looking else NO_CAMERA
            self.theme.write_lines(surface, _(words), at.cameras, Style(17 * at.unit, SOFT))
            return
        for number, (card, place) in enumerate(
            zip(view.cameras, camera_places(at.cameras, len(view.cameras)), strict=True)
        ):
            self._camera(surface, place, card, lit=self._over == Target("camera", number))

    def _camera(
        self, surface: pygame.Surface, place: pygame.Rect, card: CameraCard, *, lit: bool
    ) -> None:
        edge = MINT if card.chosen else WHITE if lit else dim(VIOLET, 0.9)
        foot = round(place.height * 0.24)
        inner = pygame.Rect(place.left, place.top, place.width, place.height - foot)
        if card.picture is not None:
            fitted = pygame.Rect((0, 0), fitting(card.picture.shape[1::-1], inner.size))
            fitted.center = inner.center
            surface.fill(INK, inner)
            surface.blit(resized(card.picture, fitted.size, flip=True), fitted)
        else:
            self.theme.panel(surface, inner, Glass(8, edge, 1.0, 220, NIGHT))
            style = Style(max(7.0, foot * 0.50), SOFT)
            text = inner.inflate(-round(foot * 0.5), -round(foot * 0.4))
            self.theme.write_lines(surface, card.trouble or _("One moment ..."), text, style)
        label = pygame.Rect(place.left, inner.bottom, place.width, foot)
        surface.fill((20, 12, 46), label)
        style = Style(foot * 0.62, WHITE if card.chosen else SOFT, "centre", 6)
        self.theme.write(surface, card.name, label.inflate(-foot // 2, 0), style)
        pygame.draw.rect(surface, edge, place, 3 if card.chosen else 1)

    def _rows(self, surface: pygame.Surface, at: SetupLayout, view: SetupView) -> None:
        lines = self._lines
        lines.draw(surface, at.rows, at.unit, (view.rows, view.chosen, view.writing))

    def _about(self, surface: pygame.Surface, at: SetupLayout, view: SetupView) -> None:
        if not view.rows:
            return
        row, u = view.rows[view.chosen], at.unit
        self.theme.panel(surface, at.about, Glass(12 * u, dim(VIOLET, 0.6), 1.0, 190, NIGHT))
        inner = at.about.inflate(-round(24 * u), -round(16 * u))
        below = self.theme.write_lines(surface, row.about, inner, Style(17 * u, SOFT, least=7))
        if view.strictness:
            room = box(inner.left, below + 6 * u, inner.right, inner.bottom)
            self._sketches = draw_sketches(self.theme, surface, room, view.strictness)
        elif view.status:
            line = box(inner.left, inner.bottom - 22 * u, inner.right, inner.bottom)
            self.theme.write_parts(surface, view.status, line, Style(13 * u, FAINT, "left", 7))

    # where everything is

    def field_box(self, size: tuple[int, int]) -> pygame.Rect:
        """Return where is written: the chosen line."""
        at, view = setup_layout(size), self._view
        chosen = 0 if view is None else view.chosen
        return self._lines.places(at.rows, at.unit).get(chosen, at.rows)

    def _chip_places(self, at: SetupLayout) -> list[pygame.Rect]:
        return chip_places(self.theme, at.chips, self.chips, round(34 * at.unit))

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at, view = setup_layout(size), self._view
        chip = chip_at(self._chip_places(at), position)
        if chip is not None:
            return Target("chip", chip)
        if view is None:
            return None
        camera = chip_at(camera_places(at.cameras, len(view.cameras)), position)
        if camera is not None:
            return Target("camera", camera)
        sketch = chip_at(self._sketches, position)
        if sketch is not None:
            return Target("choice", sketch)
        return self._lines.under(at.rows, at.unit, position)


def camera_places(strip: pygame.Rect, count: int) -> list[pygame.Rect]:
    """Return where each camera's picture is, of one shape, as large as the strip allows."""
    gap = round(strip.height * 0.08)
    wide = min(round(strip.height * 1.36), (strip.width - gap * (count - 1)) // max(count, 1))
    return [
        pygame.Rect(strip.left + number * (wide + gap), strip.top, wide, strip.height)
        for number in range(count)
    ]
