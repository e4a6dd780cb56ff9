"""You dance, it guesses: the player in the mirror, and which dance it takes this for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.heading import draw_leave, draw_title
from kpopdance.realtime.screens.parts.mirror import MirrorPanel
from kpopdance.realtime.screens.parts.notices import draw_notices, mending, notices_height
from kpopdance.realtime.screens.parts.signs import paragraph
from kpopdance.realtime.screens.parts.skeleton import visible
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    MAGENTA,
    MINT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    clock_words,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)
from kpopdance.realtime.screens.parts.troupe import Troupe
from kpopdance.realtime.screens.screen import Meanings, Place, Screen
from kpopdance.realtime.screens.view import DanceView

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Align, Hints
    from kpopdance.realtime.screens.quiz_view import GuessView, ReverseView

TITLE: Final = (N_("You dance,"), N_("it guesses"))
KEYS: Final[Hints] = (("R", N_("start again")), ("Esc", N_("leave")))
UNKNOWN: Final = N_("I do not know this dance yet")
NOBODY: Final = np.empty((0, 18, 3), np.float32)


@dataclass(frozen=True, slots=True)
class ReverseLayout:
    """Where everything is, px; all keep clear of each other."""

    title: pygame.Rect
    leave: pygame.Rect
    camera: pygame.Rect
    danced: pygame.Rect
    best: pygame.Rect
    guesses: pygame.Rect
    keys: pygame.Rect
    status: pygame.Rect
    banner: pygame.Rect
    unit: float


def reverse_layout(size: tuple[int, int], banner_px: int = 0) -> ReverseLayout:
    """Return the layout of a window, side by side or stacked; the rest makes room for a banner."""
    (width, height), u = size, scale_of(size)

    if not is_wide(size):
        edge, end, foot = 28 * u, width - 28 * u, height - 16 * u
        top = 86 * u + banner_px
        low = foot - 74 * u
        best = top + (low - top) * 0.49
        high = best - 66 * u - top
        half = min(end - edge, high * 4 / 3) / 2
        return ReverseLayout(
            title=box(edge, 16 * u, end - 60 * u, 72 * u),
            leave=box(end - 42 * u, 23 * u, end, 65 * u),
            camera=box(width / 2 - half, top, width / 2 + half, best - 66 * u),
            danced=box(edge, best - 56 * u, end, best - 14 * u),
            best=box(edge, best, end, low - 184 * u),
            guesses=box(edge, low - 170 * u, end, low),
            keys=box(edge, foot - 62 * u, end, foot - 32 * u),
            status=box(edge, foot - 26 * u, end, foot),
            banner=box(edge, 80 * u, end, 80 * u + banner_px),
            unit=u,
        )
    edge, end, foot = 32 * u, width - 32 * u, height - 20 * u
    low, cut = foot - 44 * u, edge + 0.48 * (width - 64 * u)
    top = 84 * u + banner_px
    right, split = cut + 20 * u, top + (low - top) * 0.60
    return ReverseLayout(
        title=box(edge, 16 * u, cut, 66 * u),
        leave=box(end - 36 * u, 23 * u, end, 59 * u),
        camera=box(edge, top, cut, low - 56 * u),
        danced=box(edge, low - 44 * u, cut, low),
        best=box(right, top, end, split),
        guesses=box(right, split + 14 * u, end, low),
        keys=box(edge, foot - 30 * u, width * 0.5, foot - 2 * u),
        status=box(width * 0.51, foot - 30 * u, end, foot - 2 * u),
        banner=box(edge, 78 * u, end, 78 * u + banner_px),
        unit=u,
    )


def certainty_words(certainty: float) -> str:
    """Return how sure it is in per cent, empty where that is unknown."""
    if not math.isfinite(certainty):
        return ""
    return f"{100 * min(max(certainty, 0.0), 1.0):.0f} %"


class ReverseScreen(Screen):
    """Draws a :class:`~kpopdance.realtime.screens.quiz_view.ReverseView`."""

    meanings: ClassVar[Meanings] = {"r": "again", "c": "camera", "escape": "leave"}

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self.mirror = MirrorPanel(backdrop.theme)
        self.troupe = Troupe(backdrop.theme)
        self._named = ""

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        return Target("leave") if reverse_layout(size).leave.collidepoint(position) else None

    def draw(self, surface: pygame.Surface, view: ReverseView) -> None:
        """Draw one frame."""
        if not drawable(surface.get_size()):
            return
        size, told = surface.get_size(), _as_dance(view).told
        at = reverse_layout(size, notices_height(self.theme, told, size, scale_of(size)))
        horizon = round(at.best.top + at.best.height * 0.84)
        self.backdrop.draw(surface, view.beat, centre_x=at.best.centerx, horizon_y=horizon)
        self.backdrop.crowd(surface, view.beat)
        surface.fill((150, 140, 176), special_flags=pygame.BLEND_RGB_MULT)
        self._title(surface, at)
        self.mirror.draw(surface, at.camera, _as_dance(view))
        self._danced(surface, at, view)
        self._best(surface, at, view)
        self._guesses(surface, at, view)
        self.theme.keys(surface, at.keys, (*mending(view.health)[1:], *KEYS))
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        self.theme.write(
            surface, view.status, at.status, Style(12.5 * at.unit, FAINT, align, 9)
        )
        draw_notices(self.theme, surface, at.banner, told, at.unit)

    def _title(self, surface: pygame.Surface, at: ReverseLayout) -> None:
        u = at.unit
        draw_title(self.theme, surface, at.title, TITLE, u)
        draw_leave(self.theme, surface, at.leave, u, lit=self._over is not None)

    def _danced(self, surface: pygame.Surface, at: ReverseLayout, view: ReverseView) -> None:
        """Draw how much was danced of what a first guess takes."""
        u, box = at.unit, at.danced
        danced_s = view.danced_s if math.isfinite(view.danced_s) else 0.0
        share = min(1.0, danced_s / view.needed_s) if view.needed_s > 0 else 1.0
        line = pygame.Rect(box.left, box.top, box.width, round(box.height * 0.62))
        words = _("{s:.0f} s of dance seen", s=danced_s)
        if share < 1:
            words = _("{s:.0f} s more until the first guess", s=view.needed_s - danced_s)
        self.theme.write(surface, words, line, Style(18 * u, SOFT, "left", 8))
        bar = pygame.Rect(box.left, 0, box.width, max(4, round(9 * u)))
        bar.bottom = box.bottom
        self.theme.bar(surface, bar, share, MINT if share >= 1 else MAGENTA)

    # what it thinks

    def _best(self, surface: pygame.Surface, at: ReverseLayout, view: ReverseView) -> None:
        u, box = at.unit, at.best
        best = view.guesses[0] if view.guesses else None
        named = best is not None and view.known
        edge = MINT if named else VIOLET
        self.theme.panel(surface, box, Glass(24 * u, edge, 2.2 * u, 150))
        inner = box.inflate(-round(48 * u), -round(36 * u))
        if best is None or not view.known:
            self._unknown(surface, inner, view, u)
            return
        coach = pygame.Rect(0, box.top + round(10 * u), round(box.width * 0.40), 0)
        coach.height, coach.right = box.height - round(20 * u), box.right - round(10 * u)
        self._coach(surface, coach, best, view)
        inner.width = coach.left - inner.left - round(8 * u)
        self._named_guess(surface, inner, best, u)

    def _named_guess(
        self, surface: pygame.Surface, box: pygame.Rect, best: GuessView, u: float
    ) -> None:
        head, title, artist, place, sure, bar = _rows(box, (0.11, 0.30, 0.12, 0.23, 0.15, 0.09))
        self.theme.write(surface, _("YOU DANCE"), head, Style(16 * u, FAINT, "left", 8))
        style = Style(52 * u, WHITE, "left", 14 * u)
        if self.theme.width(best.title, style.px * 0.6) <= title.width:
            self.theme.neon(surface, best.title, title, style, dim(MINT, 0.55))
        else:
            paragraph(
                self.theme, surface, best.title, title, Style(44 * u, WHITE, "left", 20 * u)
            )
        self.theme.write(surface, best.artist, artist, Style(23 * u, SOFT, "left", 17 * u))
        if math.isfinite(best.place_s):
            words = _("at {time}", time=clock_words(best.place_s))
            self.theme.write(surface, words, place, Style(46 * u, CYAN, "left", 10))
        words = certainty_words(best.certainty)
        said = _("{percent} sure", percent=words) if words else ""
        self.theme.write(surface, said, sure, Style(26 * u, MINT, "left", 9))
        line = pygame.Rect(bar.left, 0, bar.width, max(5, round(13 * u)))
        line.bottom = bar.bottom
        self.theme.bar(surface, line, _share(best.certainty), MINT)

    def _unknown(
        self, surface: pygame.Surface, box: pygame.Rect, view: ReverseView, u: float
    ) -> None:
        songs = counted("{n} song", "{n} songs", view.songs)
        if view.guesses:
            words, small = (
                _(UNKNOWN),
                _("It is not clearly one of the {songs} I know. Dance on.", songs=songs),
            )
            if view.songs < 2:
                small = _("I know {songs}. Dance on, and dance big.", songs=songs)
        else:
            words, small = (
                _("Dance!"),
                _("Any part of a dance, from any place. I know {songs}.", songs=songs),
            )
        top, low = _rows(box, (0.62, 0.38))
        if view.guesses:
            paragraph(self.theme, surface, words, top, Style(52 * u, WHITE, "centre", 12))
        else:
            style = Style(92 * u, WHITE, "centre", 12)
            self.theme.neon(surface, words, top, style, dim(MAGENTA, 0.9))
        paragraph(self.theme, surface, small, low, Style(24 * u, SOFT, "centre", 10))

    def _coach(
        self, surface: pygame.Surface, box: pygame.Rect, best: GuessView, view: ReverseView
    ) -> None:
        if view.coach is None or not len(view.coach):
            return
        if best.title != self._named:
            self.troupe.reset()
            self._named = best.title
        lead = min(max(view.lead, 0), len(view.coach) - 1)
        joints = view.coach[lead][None].copy()
        joints[~visible(joints)] = (np.nan, np.nan, 0)
        before = surface.get_clip()
        surface.set_clip(box.clip(before))
        self.troupe.draw(surface, box, joints, lead=0, at_s=view.age_s, mirror=True)
        surface.set_clip(before)

    def _guesses(self, surface: pygame.Surface, at: ReverseLayout, view: ReverseView) -> None:
        u = at.unit
        self.theme.panel(surface, at.guesses, Glass(20 * u, dim(VIOLET, 0.8), 1.5, 196))
        inner = at.guesses.inflate(-round(40 * u), -round(24 * u))
        head = pygame.Rect(inner.left, inner.top, inner.width, round(22 * u))
        words = _("OR PERHAPS") if view.known else _("WHAT COMES NEAREST")
        self.theme.write(surface, words, head, Style(14 * u, FAINT, "left", 8))
        body = pygame.Rect(inner.left, head.bottom + round(4 * u), inner.width, 0)
        body.height = inner.bottom - body.top
        others = view.guesses[1:] if view.known else view.guesses
        if not others:
            words = _("no guess yet") if not view.guesses else _("nothing else comes near")
            self.theme.write(surface, words, body, Style(19 * u, FAINT, "centre", 8))
            return
        shown = others[: max(1, min(5, int(body.height // (36 * u))))]
        high = min(body.height / len(shown), 46 * u)
        for number, guess in enumerate(shown):
            top = round(body.top + number * high)
            line = pygame.Rect(body.left, top, body.width, math.floor(high))
            self._guess(surface, line, guess, u)

    def _guess(
        self, surface: pygame.Surface, line: pygame.Rect, guess: GuessView, u: float
    ) -> None:
        bar = pygame.Rect(line.left, 0, line.width, max(4, round(7 * u)))
        bar.bottom = line.bottom - round(4 * u)
        text = pygame.Rect(line.left, line.top, line.width, bar.top - line.top)
        sure = text.copy()
        sure.width = round(70 * u)
        sure.right = line.right
        style = Style(19 * u, SOFT, "right", 8)
        self.theme.write(surface, certainty_words(guess.certainty), sure, style)
        text.width = sure.left - text.left - round(8 * u)
        self.theme.write(surface, guess.title, text, Style(19 * u, WHITE, "left", 15 * u))
        share = _share(guess.certainty)
        self.theme.bar(surface, bar, share, mix(VIOLET, CYAN, share))


def _as_dance(view: ReverseView) -> DanceView:
    """Return the camera's part of a view, as the mirror is shown it."""
    pose = Pose(view.pose) if view.pose is not None else None
    return DanceView(
        title="", artist="", phase="playing", song_s=0.0, length_s=0.0, bpm=0.0, beat=view.beat,
        picture=view.picture, pose=pose, mirror=True, coach=NOBODY, lead=0, upcoming=(),
        score=0.0, combo=0, verdict=None, verdict_age_s=0.0, health=view.health, notices=view.notices,
    )  # fmt: skip


def _share(certainty: float) -> float:
    return min(max(certainty, 0.0), 1.0) if math.isfinite(certainty) else 0.0


def _rows(box: pygame.Rect, shares: tuple[float, ...]) -> list[pygame.Rect]:
    """Return rectangles stacked in a box with shares of its height."""
    rows, top = [], float(box.top)
    for share in shares:
        bottom = top + box.height * share
        rows.append(pygame.Rect(box.left, round(top), box.width, round(bottom) - round(top)))
        top = bottom
    return rows
