"""Where everything of the quiz's page is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pygame

from kpopdance.realtime.screens.parts.theme import is_wide, scale_of

TALLEST: Final = 84
"""Height of a choice, design units, where there is room for more."""


@dataclass(frozen=True, slots=True)
class QuizLayout:
    """Where everything is, px; all but ``banner`` keep clear of each other."""

    title: pygame.Rect
    tally: pygame.Rect
    leave: pygame.Rect
    progress: pygame.Rect
    players: pygame.Rect
    question: pygame.Rect
    timer: pygame.Rect
    clip: pygame.Rect
    hints: pygame.Rect
    choices: pygame.Rect
    submit: pygame.Rect
    keys: pygame.Rect
    banner: pygame.Rect
    unit: float

    @property
    def replay(self) -> pygame.Rect:
        """The button in the clip's corner that plays it again."""
        side = round(44 * self.unit)
        inset = round(14 * self.unit)
        return pygame.Rect(
            self.clip.right - side - inset, self.clip.bottom - side - inset, side, side
        )

    @property
    def dancers(self) -> pygame.Rect:
        """Where in the clip the dancers stay."""
        side, top = 0.04 * self.clip.width, self.clip.top + 34 * self.unit
        low = self.replay.top - 8 * self.unit
        return box_between(self.clip.left + side, top, self.clip.right - side, low)

    def choice_boxes(self, count: int) -> list[pygame.Rect]:
        """Return the boxes of so many choices, from the top."""
        u, box = self.unit, self.choices
        gap = 9 * u if count < 6 else 5 * u
        high = min(TALLEST * u, (box.height + gap) / max(count, 1) - gap)
        tops = [box.top + number * (high + gap) for number in range(count)]
        return [
            pygame.Rect(box.left, round(top), box.width, round(top + high) - round(top))
            for top in tops
        ]

    def hint_boxes(self, count: int) -> list[pygame.Rect]:
        """Return the steps of a ladder, each higher than the one before."""
        box, gap = self.hints, 8 * self.unit
        wide = (box.width + gap) / max(count, 1) - gap
        boxes = []
        for number in range(count):
            high = round(box.height * (0.70 + 0.30 * number / max(1, count - 1)))
            left = round(box.left + number * (wide + gap))
            boxes.append(pygame.Rect(left, box.bottom - high, math.floor(wide), high))
        return boxes

    def player_boxes(self, count: int) -> list[pygame.Rect]:
        """Return the boxes of so many players, from the left."""
        box, gap = self.players, 8 * self.unit
        wide = (box.width + gap) / max(count, 1) - gap
        lefts = [box.left + number * (wide + gap) for number in range(count)]
        return [
            pygame.Rect(round(left), box.top, math.floor(wide), box.height) for left in lefts
        ]


@lru_cache(maxsize=2)
def quiz_layout(size: tuple[int, int]) -> QuizLayout:
    """Return the layout of a window, side by side or stacked."""
    return _wide(size) if is_wide(size) else _tall(size)


def box_between(left: float, top: float, right: float, bottom: float) -> pygame.Rect:
    """Return the whole px between four edges."""
    return pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))


def _wide(size: tuple[int, int]) -> QuizLayout:
    (width, height), u = size, scale_of(size)
    edge, foot = 32 * u, height - 20 * u
    end, low = width - edge, foot - 44 * u
    cut = edge + 0.60 * (end - edge)
    column, step = cut + 24 * u, low - 82 * u
    return QuizLayout(
        title=box_between(edge, 16 * u, cut, 66 * u),
        tally=box_between(column, 16 * u, end - 50 * u, 66 * u),
        leave=box_between(end - 36 * u, 23 * u, end, 59 * u),
        progress=box_between(edge, 74 * u, end, 81 * u),
        clip=box_between(edge, 96 * u, cut, low),
        players=box_between(column, 96 * u, end, 162 * u),
        question=box_between(column, 172 * u, end - 88 * u, 252 * u),
        timer=box_between(end - 80 * u, 172 * u, end, 252 * u),
        choices=box_between(column, 264 * u, end, step - 76 * u),
        submit=box_between(column, step - 66 * u, end, step - 12 * u),
        hints=box_between(column, step, end, low),
        keys=box_between(edge, foot - 30 * u, end, foot - 2 * u),
        banner=box_between(edge + 16 * u, 110 * u, cut - 16 * u, 158 * u),
        unit=u,
    )


def _tall(size: tuple[int, int]) -> QuizLayout:
    (width, height), u = size, scale_of(size)
    edge, foot = 28 * u, height - 16 * u
    end, low = width - edge, foot - 46 * u
    top = low - 70 * u - 300 * u
    return QuizLayout(
        title=box_between(edge, 16 * u, width * 0.70, 72 * u),
        tally=box_between(width * 0.71, 16 * u, end - 56 * u, 72 * u),
        leave=box_between(end - 42 * u, 23 * u, end, 65 * u),
        progress=box_between(edge, 82 * u, end, 89 * u),
        players=box_between(edge, 102 * u, end, 172 * u),
        question=box_between(edge, 182 * u, end - 96 * u, 268 * u),
        timer=box_between(end - 88 * u, 182 * u, end, 268 * u),
        clip=box_between(edge, 280 * u, end, top - 100 * u),
        hints=box_between(edge, top - 88 * u, end, top),
        choices=box_between(edge, top + 12 * u, end, low - 72 * u),
        submit=box_between(edge, low - 62 * u, end, low),
        keys=box_between(edge, foot - 34 * u, end, foot - 2 * u),
        banner=box_between(edge + 16 * u, 294 * u, end - 16 * u, 344 * u),
        unit=u,
    )


def split(box: pygame.Rect, share: float) -> tuple[pygame.Rect, pygame.Rect]:
    """Return the upper share of a box, and the rest."""
    high = round(box.height * share)
    return (
        pygame.Rect(box.left, box.top, box.width, high),
        pygame.Rect(box.left, box.top + high, box.width, box.height - high),
    )
