"""Letters on a poster, in the game's own typeface: spaced, stretched, leant, turned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pygame

from kpopdance.realtime.screens.parts.letters import Letters
from tools.album.posters.paper import FINE, HIGH, WIDE, Area, Ink, Place, as_area

WHITE = (255, 255, 255)
ROOM = 1.5
"""Of a letter's px: how high its line is drawn, with what hangs below."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """How a line is set.

    Attributes
    ----------
    px : float
        The letters' size.
    spaced : float
        Between two letters, of the size.
    wide : float
        How much wider than the typeface is.
    lean : float
        How far the letters' tops lean to the right, of their height.
    turn : float
        Degrees clockwise, around the line's anchor.
    down : bool
        One letter below the other.
    """

    px: float
    spaced: float = 0.0
    wide: float = 1.0
    lean: float = 0.0
    turn: float = 0.0
    down: bool = False


def lettered(text: str, how: Lettering, at: Place, anchor: Place = (0.5, 0.5)) -> Area:
    """Return a line's area; ``anchor`` is the point of its box, 0..1 each way, that lies at a place."""
    line = _line(text, how)
    high, wide = line.shape
    turn = np.radians(how.turn)
    cos, sin = np.cos(turn), np.sin(turn)
    shear = np.array([[how.wide, -how.lean], [0, 1]])
    placing = np.array([[cos, -sin], [sin, cos]]) @ shear
    middle = np.array([anchor[0] * wide, anchor[1] * high])
    where = FINE * np.array(at) - placing @ middle
    full = cv2.warpAffine(
        line,
        np.column_stack([placing, where]),
        (WIDE * FINE, HIGH * FINE),
        flags=cv2.INTER_LINEAR,
    )
    return as_area(full / np.float32(255))


def _line(text: str, how: Lettering) -> Ink:
    """Return a line's ink, cropped to it."""
    px, gap = round(how.px * FINE), how.spaced * how.px * FINE
    marks = [_mark(sign, px) for sign in text]
    if how.down:
        step = px * 1.04 + gap
        ink = np.zeros((round(step * len(text) + px), round(px * ROOM)), np.uint8)
        corners = [
            (round((px * ROOM - mark.shape[1]) / 2), round(k * step))
            for k, mark in enumerate(marks)
        ]
    else:
        lefts = np.cumsum([0.0, *(mark.shape[1] + gap for mark in marks)])
        ink = np.zeros((round(px * ROOM), round(lefts[-1]) + px), np.uint8)
        corners = [(round(left), 0) for left in lefts[:-1]]
    for mark, (left, top) in zip(marks, corners, strict=True):
        part = ink[top : top + mark.shape[0], left : left + mark.shape[1]]
        np.maximum(part, mark[: part.shape[0], : part.shape[1]], out=part)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _mark(sign: str, px: int) -> Ink:
    drawn = _letters().render(sign, px, WHITE)
    return np.asarray(pygame.surfarray.array_alpha(drawn).T, np.uint8)


@cache
def _letters() -> Letters:
    return Letters()
