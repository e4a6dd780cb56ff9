"""A song's line in the list: cover, title, facts, how hard it is, the best score."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _, counted
from kpopdance.realtime.screens.parts.covers import cover_square, drawn_square
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    MAGENTA,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    clock_words,
    dim,
    mix,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.view import SongCard

STAR: Final = "★"


def card_sprite(
    theme: Theme, size: tuple[int, int], card: SongCard, chosen: bool, u: float
) -> pygame.Surface:
    """Return a song's line in the list, to be kept under ``card_words``."""
    sprite = pygame.Surface(size, pygame.SRCALPHA)
    box = sprite.get_rect()
    edge = MAGENTA if chosen else dim(VIOLET, 0.7)
    shade = (66, 18, 84) if chosen else (22, 14, 52)
    glass = Glass(18 * u, edge, 2.6 * u if chosen else 1.2, 232 if chosen else 190, shade)
    theme.panel(sprite, box, glass)
    score = pygame.Rect(0, 0, round(104 * u), box.height)
    score.right = box.right - round(20 * u)
    left = round(26 * u)
    left += _cover(theme, sprite, card, u)
    line = pygame.Rect(left, round(9 * u), score.left - left - round(10 * u), round(44 * u))
    low = pygame.Rect(left, line.bottom, line.width, round(32 * u))
    ink = FAINT if card.problem else WHITE
    if card.starred:
        star = theme.write(sprite, STAR, line, Style(24 * u, GOLD, "left", 8))
        line.width -= star.right + round(8 * u) - line.left
        line.left = star.right + round(8 * u)
    drawn = theme.write(sprite, card.title, line, Style(29 * u, ink, "left", 22 * u))
    by = line.copy()
    by.left, by.width = (
        drawn.right + round(14 * u),
        max(0, line.right - drawn.right - round(14 * u)),
    )
    if by.width > 60 * u:
        theme.write(
            sprite,
            card.artist,
            by,
            Style(18 * u, FAINT if card.problem else SOFT, "left", 16 * u),
        )
    if card.problem:
        _problem(theme, sprite, card, low, u)
        return sprite
    _facts(theme, sprite, card, low, u)
    _best(theme, sprite, card, score, u)
    return sprite


def _cover(theme: Theme, sprite: pygame.Surface, card: SongCard, u: float) -> int:
    """Draw a song's cover as a square at the left; return what it takes, px."""
    side, radius = sprite.get_height() - round(24 * u), 10 * u
    square = (
        drawn_square(theme, card.title, card.colours, side, radius)
        if card.cover is None
        else cover_square(card.cover, side, radius)
    )
    sprite.blit(square, (round(14 * u), round(12 * u)))
    return side


def _problem(
    theme: Theme, sprite: pygame.Surface, card: SongCard, low: pygame.Rect, u: float
) -> None:
    wide = low.copy()
    wide.width = sprite.get_width() - 2 * low.left
    wide.top -= round(5 * u)
    wide.height = sprite.get_height() - wide.top - round(6 * u)
    style = Style(max(8.0, 14 * u), mix(RED, WHITE, 0.45))
    theme.write_lines(sprite, card.problem, wide, style)


def _facts(
    theme: Theme, sprite: pygame.Surface, card: SongCard, low: pygame.Rect, u: float
) -> None:
    dancers = counted("{n} dancer", "{n} dancers", card.members)
    level = "" if card.level is None else _("level {level:.0f}", level=card.level)
    length = clock_words(card.length_s)
    facts = (level, _("{bpm:.0f} bpm", bpm=card.bpm), length, dancers, card.language)
    left = low.left
    for fact in filter(None, facts):
        edge = dim(VIOLET, 0.9) if card.level is None or fact != level else heat(card.level)
        px = 14.5 * u
        chip = pygame.Rect(
            left,
            low.top + round(2 * u),
            theme.width(fact, px) + round(20 * u),
            round(25 * u),
        )
        if chip.right > low.right:
            break
        theme.panel(sprite, chip, Glass(12 * u, edge, 1.0, 150, (52, 36, 104)))
        theme.write(sprite, fact, chip, Style(px, SOFT, "centre", 6))
        left = chip.right + round(7 * u)


def _best(
    theme: Theme, sprite: pygame.Surface, card: SongCard, box: pygame.Rect, u: float
) -> None:
    top = pygame.Rect(box.left, round(20 * u), box.width, round(36 * u))
    low = pygame.Rect(box.left, top.bottom, box.width, round(20 * u))
    if card.best_score is None:
        theme.write(sprite, _("new"), top, Style(20 * u, CYAN, "right", 9))
        return
    theme.write(sprite, f"{card.best_score:.1f}", top, Style(31 * u, GOLD, "right", 9))
    theme.write(sprite, _("BEST"), low, Style(12.5 * u, FAINT, "right", 7))


def heat(level: float) -> Colour:
    """Return the colour of a level: from cyan for easy over gold to red for hard."""
    share = (level - 1) / 9
    return mix(CYAN, GOLD, 2 * share) if share < 0.5 else mix(GOLD, RED, 2 * share - 1)


def card_words(card: SongCard) -> tuple[object, ...]:
    """Return all that a card shows."""
    return tuple(getattr(card, field.name) for field in fields(card))
