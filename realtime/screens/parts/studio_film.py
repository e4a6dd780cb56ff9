"""A film's picture with everybody in it, each in a colour of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import resized
from kpopdance.realtime.screens.parts.figure import standing_height
from kpopdance.realtime.screens.parts.skeleton import draw_bones, visible
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    MINT,
    NIGHT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.studio_view import FilmView

PEOPLE: Final[tuple[Colour, ...]] = (
    MAGENTA, CYAN, GOLD, MINT, (255, 140, 60), (176, 130, 255), (255, 150, 214), (120, 190, 255),
    (190, 230, 60), (255, 110, 110), (60, 220, 200), (230, 180, 120),
)  # fmt: skip
"""Colours of people, by their number; then they begin anew."""
FINE, EDGE = 0.75, 1.3
"""How thick strokes and their dark edges are, of a skeleton's on the stage."""
LEAST_TALL: Final = 0.18
"""Of the picture's height: strokes are no finer than somebody's so tall."""


def colour_of(person: int) -> Colour:
    """Return the colour of somebody, counted from 0."""
    return PEOPLE[person % len(PEOPLE)]


class FilmPanel:
    """Draws the film; makes each picture with everybody in it once, however often it is shown."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._film: FilmView | None = None
        self._colours: list[Colour] = []
        self._shown = pygame.Surface((1, 1))

    def draw(
        self,
        surface: pygame.Surface,
        box: pygame.Rect,
        film: FilmView,
        colours: Sequence[Colour],
    ) -> None:
        """Draw picture, frame and skeletons; ``colours`` are everybody's."""
        place = shown_at(box, film.size)
        self.theme.panel(
            surface, place.inflate(8, 8), Glass(6, dim(VIOLET, 0.5), 1.2, 255, INK)
        )
        if place.size != self._shown.get_size() or not self._shows(film, colours):
            self._shown = pygame.Surface(place.size)
            self._film, self._colours = film, list(colours)
            self._make(film, colours)
        surface.blit(self._shown, place)

    def _shows(self, film: FilmView, colours: Sequence[Colour]) -> bool:
        """Say whether the picture that was made last is this one."""
        last = self._film
        return (
            last is not None
            and last.picture is film.picture
            and self._colours == list(colours)
            and np.array_equal(last.joints, film.joints, equal_nan=True)
        )

    def _make(self, film: FilmView, colours: Sequence[Colour]) -> None:
        place = self._shown.get_rect()
        self._shown.fill(INK)
        if film.picture is not None:
            self._shown.blit(resized(film.picture, place.size, flip=False), place)
        for joints, colour in zip(film.joints, colours, strict=False):
            self._person(self._shown, place, joints, (film.size, colour))

    def _person(
        self, surface: pygame.Surface, place: pygame.Rect, joints: NDArray[np.float32],
        drawn: tuple[tuple[int, int], Colour],
    ) -> None:  # fmt: skip
        """Draw somebody's skeleton dark below and in their colour above."""
        size, colour = drawn
        if not visible(joints).any():
            return
        placed = placed_in(joints, place, size)
        tall = max(standing_height(placed), LEAST_TALL * place.height)
        draw_bones(surface, placed, EDGE * tall, tint=NIGHT)
        draw_bones(surface, placed, FINE * tall, tint=colour)


def tag(
    theme: Theme,
    surface: pygame.Surface,
    at: tuple[float, float],
    words: str,
    look: tuple[float, Colour],
) -> None:
    """Write somebody's number or name in their colour above a point; ``look`` is px and colour."""
    px, colour = look
    wide = theme.width(words, px) + round(0.9 * px)
    box = pygame.Rect(0, 0, wide, round(1.35 * px))
    box.midbottom = (round(at[0]), round(at[1]))
    theme.pill(surface, box, colour)
    theme.write(surface, words, box, Style(px, ink_on(colour), "centre", px))


def ink_on(colour: Colour) -> Colour:
    """Return the ink that can be read on a colour."""
    bright = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return NIGHT if bright > 110 else WHITE


def head_of(joints: NDArray[np.float32]) -> tuple[float, float] | None:
    """Return the point above somebody's head, px; None where nothing of them is seen."""
    seen = visible(joints)
    if not seen.any():
        return None
    upper = joints[seen, :2]
    top = float(upper[:, 1].min())
    middle = joints[body.NECK, 0] if seen[body.NECK] else upper[:, 0].mean()
    return float(middle), top


def placed_in(
    joints: NDArray[np.float32], place: pygame.Rect, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Return joints (18, 3) in px of the page, of a film of a (width, height) shown at a place."""
    placed = joints.copy()
    placed[:, :2] = (joints[:, :2] + 0.5) * (place.width / size[0]) + place.topleft
    return placed


def shown_at(box: pygame.Rect, size: tuple[int, int]) -> pygame.Rect:
    """Return where a film of a (width, height) stands in a box: whole, in its middle."""
    scale = min(box.width / size[0], box.height / size[1])
    place = pygame.Rect(0, 0, max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    place.center = box.center
    return place


def pale(colour: Colour) -> Colour:
    """Return the colour of somebody who is no member."""
    return mix(dim(FAINT, 0.6), colour, 0.15)
