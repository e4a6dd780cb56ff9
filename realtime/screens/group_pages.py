"""The pages around a group's dance: everybody steps in before it; side by side after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.scoring.contest import Stand
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.group import called, card_of
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.dancer_card import draw_card
from kpopdance.realtime.screens.parts.group_mirror import GroupMirror, Shown
from kpopdance.realtime.screens.parts.mirror import fitted
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.rounds import colour_of
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    GRADE_COLOUR,
    MAGENTA,
    NIGHT,
    RED,
    SOFT,
    STAR_EMPTY,
    WHITE,
    Glass,
    Style,
    box,
    drawable,
    is_wide,
    mix,
    scale_of,
)

if TYPE_CHECKING:
    import pygame

    from kpopdance.realtime.screens.group_pages_view import (
        GroupReadyView,
        GroupResultView,
        ResultFace,
    )
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.screen import Meanings

READY_CHIPS: Final = (
    Chip("Enter", N_("dance"), "play"), Chip("N", N_("say anew who is who"), "another"),
    Chip("M", N_("mirror"), "mirror"),
)  # fmt: skip
KEEP: Final = {
    False: Chip("K", N_("keep our pictures for a clip"), "keep"),
    True: Chip("K", N_("your pictures are kept for a clip"), "keep", edge=RED),
}
LEAVE: Final = Chip("Esc", N_("back"), "back")
RESULT_CHIPS: Final = (
    Chip("R", N_("dance again"), "again"), Chip("V", N_("clip"), "clip"),
    Chip("Esc", N_("songs"), "back"),
)  # fmt: skip
STARS: Final = 5
NAMED: Final = dict[str, "Colour"](GRADE_COLOUR.items())
"""Lines whose name has a colour of its own."""
UPRIGHT_ABREAST: Final = 3
"""Dancers beside each other in an upright window; the others are below them."""
WIDEST: Final = 340.0
"""Design units: a line in a wider column stays so wide, so that name and value are read together."""


class GroupReadyScreen(ChipScreen):
    """Draws a ``GroupReadyView``."""

    meanings: ClassVar[Meanings] = {
        "return": "play", "space": "play", "n": "another", "m": "mirror", "k": "keep",
        "escape": "back",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._mirror = GroupMirror(backdrop.theme)

    def draw(self, surface: pygame.Surface, view: GroupReadyView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=width // 2, horizon_y=round(0.7 * height)
        )
        edge, foot = 44 * u, height - 14 * u
        head = box(edge, 18 * u, width - edge, 64 * u)
        title = self.theme.neon(surface, view.title, head, Style(36 * u, least=9), MAGENTA)
        rest = box(title.right + 18 * u, head.top, head.right, head.bottom)
        self.theme.write(surface, view.told, rest, Style(20 * u, WHITE, "right", 7))
        bar = box(edge, 70 * u, width - edge, 76 * u)
        self.theme.bar(surface, bar, view.share, CYAN)
        chips = box(edge, foot - (38 if is_wide(size) else 82) * u, width - edge, foot)
        keep = () if view.keeps is None else (KEEP[view.keeps],)
        self._draw_chips(surface, (*READY_CHIPS, *keep, LEAVE), chips, 34 * u)
        count = len(view.dancers)
        rows = 1 if is_wide(size) else math.ceil(count / UPRIGHT_ABREAST)
        cards = box(edge, chips.top - (12 + 80 * rows) * u, width - edge, chips.top - 12 * u)
        mirror = box(edge, bar.bottom + 12 * u, width - edge, cards.top - 12 * u)
        if view.picture is not None:
            mirror = fitted(mirror, (view.picture.shape[1], view.picture.shape[0]))
        people = [
            Shown(each.pose, called(each), colour_of(each.place)) for each in view.dancers
        ]
        self._mirror.draw_group(surface, mirror, view.picture, people, mirror=view.mirror)
        for place, dancer in zip(cells(cards, count, rows, u), view.dancers, strict=True):
            here = card_of(dancer, Stand(on=dancer.gone_s == 0))
            there = _("there you are") if dancer.gone_s == 0 else here.told
            draw_card(self.theme, surface, place, here._replace(told=there), u)


class GroupResultScreen(ChipScreen):
    """Draws a ``GroupResultView``."""

    meanings: ClassVar[Meanings] = {
        "r": "again", "return": "again", "v": "clip", "escape": "back",
    }  # fmt: skip

    def draw(self, surface: pygame.Surface, view: GroupResultView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=width // 2, horizon_y=round(0.76 * height)
        )
        edge, foot = 44 * u, height - 14 * u
        head = box(edge, 18 * u, width - edge, 64 * u)
        title = self.theme.neon(surface, view.heading, head, Style(36 * u, least=9), MAGENTA)
        rest = box(title.right + 18 * u, head.top, head.right, head.bottom)
        song = " · ".join(filter(None, (view.title, view.artist)))
        self.theme.write(surface, song, rest, Style(20 * u, SOFT, "right", 7))
        chips = box(edge, foot - 38 * u, width - edge, foot)
        self._draw_chips(surface, RESULT_CHIPS, chips, 34 * u)
        team = box(edge, chips.top - 78 * u, width - edge, chips.top - 12 * u)
        self._team(surface, team, view.team, u)
        faces = box(edge, 84 * u, width - edge, team.top - 12 * u)
        count = len(view.faces)
        rows = 1 if is_wide(size) else math.ceil(count / UPRIGHT_ABREAST)
        for place, face in zip(cells(faces, count, rows, u), view.faces, strict=True):
            draw_face_column(self.theme, surface, place, face, u)
        draw_notices(self.theme, surface, faces, view.notices, u)

    def _team(
        self, surface: pygame.Surface, place: pygame.Rect, told: tuple[tuple[str, str], ...],
        u: float,
    ) -> None:  # fmt: skip
        if not told:
            return
        self.theme.panel(surface, place, Glass(16 * u, CYAN, 1.6, 215, NIGHT))
        for part, (name, value) in zip(columns(place, len(told), u), told, strict=True):
            upper = box(part.left, part.top + 4 * u, part.right, part.top + 0.62 * part.height)
            lower = box(part.left, upper.bottom, part.right, part.bottom - 4 * u)
            self.theme.write(surface, value, upper, Style(27 * u, WHITE, "centre", 8))
            self.theme.write(surface, name, lower, Style(16 * u, SOFT, "centre", 7))


def draw_face_column(
    theme: Theme, surface: pygame.Surface, place: pygame.Rect, face: ResultFace, u: float
) -> None:
    """Draw what a dancer earned, from the name down to small print."""
    colour = PLAYER_COLOURS[face.colour % len(PLAYER_COLOURS)]
    won = face.rank == 1
    glass = Glass(18 * u, colour, 3.0 * u if won else 1.4, 224, mix(NIGHT, colour, 0.16))
    theme.panel(surface, place, glass)
    inner = place.inflate(-round(28 * u), -round(24 * u))
    row = box(inner.left, inner.top, inner.right, inner.top + 36 * u)
    ink = GOLD if won else WHITE
    theme.write(surface, f"{face.rank}. {face.name}", row, Style(27 * u, ink, "centre", 8))
    row = box(inner.left, row.bottom, inner.right, row.bottom + 84 * u)
    theme.neon(surface, f"{face.points:.1f}", row, Style(72 * u, WHITE, "centre", 12), colour)
    pitch = min(34 * u, inner.width / STARS)
    for number in range(STARS):
        star = theme.star(0.42 * pitch, GOLD if number < face.stars else STAR_EMPTY)
        middle = inner.centerx + (number - (STARS - 1) / 2) * pitch
        at = (middle - star.get_width() / 2, row.bottom + 18 * u - star.get_height() / 2)
        surface.blit(star, at)
    top = row.bottom + 46 * u
    spare = max(0.0, inner.width - WIDEST * u) / 2
    for name, value in face.lines:
        line = box(inner.left + spare, top, inner.right - spare, top + 28 * u)
        if line.bottom > inner.bottom:
            return
        ink = NAMED.get(name, SOFT)
        told = theme.write(surface, value, line, Style(18 * u, WHITE, "right", 7))
        left = box(line.left, line.top, told.left - 6 * u, line.bottom)
        theme.write(surface, name, left, Style(17 * u, ink, "left", 7))
        top += 30 * u


def cells(place: pygame.Rect, count: int, rows: int, u: float) -> list[pygame.Rect]:
    """Return so many boxes in so many rows, as even as can be, each row from the left."""
    abreast, gap = math.ceil(count / max(rows, 1)), 12 * u
    high = (place.height - gap * (rows - 1)) / max(rows, 1)
    out = []
    for row in range(rows):
        top = place.top + row * (high + gap)
        out += columns(box(place.left, top, place.right, top + high), abreast, u)
    return out[:count]


def columns(place: pygame.Rect, count: int, u: float) -> list[pygame.Rect]:
    """Return so many boxes beside each other."""
    gap = 12 * u
    wide = (place.width - gap * (count - 1)) / max(count, 1)
    return [
        box(
            place.left + k * (wide + gap),
            place.top,
            place.left + k * (wide + gap) + wide,
            place.bottom,
        )
        for k in range(count)
    ]
