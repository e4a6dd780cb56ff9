"""The quiz's last page: how many were right, a kind word, every question, a line to share."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.heading import draw_leave, draw_title
from kpopdance.realtime.screens.parts.signs import (
    ButtonFace,
    button,
    keycap,
    paragraph,
    put,
    sign,
)
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    MAGENTA,
    MINT,
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
    scale_of,
)
from kpopdance.realtime.screens.quiz import TITLE
from kpopdance.realtime.screens.quiz_asked import draw_asked
from kpopdance.realtime.screens.screen import Meanings, Place, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.screens.quiz_view import PlayerView, QuizEndView

KEYS: Final[Hints] = (
    ("Enter", N_("play again")),
    ("C", N_("copy the line")),
    ("Esc", N_("leave")),
)
SAVE: Final = Target("save")
MARK_AFTER_S, MARK_EVERY_S, MARK_POP_S = 0.35, 0.11, 0.16
MARKS_S: Final = 1.6
"""However many there are, the marks are all there after about so long."""
SMALLEST_LINE: Final = 8.0
"""The line to share may shrink to so many px before it is cut."""
FULL_MARK, EMPTY_MARK = "●", "○"
"""As they stand in the line to share; drawn, since the font has no empty one."""


@dataclass(frozen=True, slots=True)
class EndLayout:
    """Where everything is, px; nothing overlaps."""

    title: pygame.Rect
    hero: pygame.Rect
    asked: pygame.Rect
    confusions: pygame.Rect
    share: pygame.Rect
    copy: pygame.Rect
    again: pygame.Rect
    leave: pygame.Rect
    keys: pygame.Rect
    unit: float


def end_layout(size: tuple[int, int]) -> EndLayout:
    """Return the layout of a window, side by side or stacked."""
    (width, height), u = size, scale_of(size)

    if not is_wide(size):
        edge, end, foot = 28 * u, width - 28 * u, height - 16 * u
        again = foot - 46 * u
        share = again - 74 * u
        told = share - 72 * u - 150 * u
        return EndLayout(
            title=box(edge, 16 * u, end - 60 * u, 72 * u),
            leave=box(end - 42 * u, 23 * u, end, 65 * u),
            hero=box(edge, 86 * u, end, 426 * u),
            asked=box(edge, 440 * u, end, told - 14 * u),
            confusions=box(edge, told, end, share - 72 * u),
            share=box(edge, share - 58 * u, end - 132 * u, share),
            copy=box(end - 122 * u, share - 58 * u, end, share),
            again=box(edge, again - 60 * u, end, again),
            keys=box(edge, foot - 34 * u, end, foot - 2 * u),
            unit=u,
        )
    edge, end, foot = 32 * u, width - 32 * u, height - 20 * u
    low, cut = foot - 44 * u, edge + 0.37 * (width - 64 * u)
    right, told = cut + 20 * u, low - 68 * u - 118 * u
    return EndLayout(
        title=box(edge, 16 * u, end - 50 * u, 66 * u),
        leave=box(end - 36 * u, 23 * u, end, 59 * u),
        hero=box(edge, 84 * u, cut, low - 68 * u),
        again=box(edge, low - 54 * u, cut, low),
        asked=box(right, 84 * u, end, told - 14 * u),
        confusions=box(right, told, end, low - 68 * u),
        share=box(right, low - 54 * u, end - 130 * u, low),
        copy=box(end - 120 * u, low - 54 * u, end, low),
        keys=box(edge, foot - 30 * u, end, foot - 2 * u),
        unit=u,
    )


def headline(view: QuizEndView) -> str:
    """Return what the page says largest: how many were right, or who won."""
    if len(view.players) < 2:
        right = sum(asked.right for asked in view.asked)
        return _("{right} of {of}", right=right, of=len(view.asked))
    best = [player for player in view.players if player.points == view.players[0].points]
    if len(best) > 1:
        return _("A tie!")
    return _("{player} wins!", player=best[0].name)


class QuizEndScreen(Screen):
    """Draws a :class:`~kpopdance.realtime.screens.quiz_view.QuizEndView`."""

    meanings: ClassVar[Meanings] = {
        "return": "again", "r": "again", "space": "again", "c": "copy", "s": "save",
        "escape": "leave",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._shares = self._unsaved = False

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at = end_layout(size)
        if self._shares and at.copy.collidepoint(position):
            return Target("copy")
        if self._unsaved and at.confusions.collidepoint(position):
            return SAVE
        if at.again.collidepoint(position):
            return Target("again")
        return Target("leave") if at.leave.collidepoint(position) else None

    def draw(self, surface: pygame.Surface, view: QuizEndView) -> None:
        """Draw one frame."""
        self._shares, self._unsaved = bool(view.share), bool(view.unsaved)
        if not drawable(surface.get_size()):
            return
        at = end_layout(surface.get_size())
        beat = view.age_s * 1.6
        horizon = round(surface.get_height() * 0.66)
        self.backdrop.draw(surface, beat, centre_x=at.hero.centerx, horizon_y=horizon)
        self.backdrop.crowd(surface, beat)
        surface.fill((128, 118, 156), special_flags=pygame.BLEND_RGB_MULT)
        self._title(surface, at)
        self._hero(surface, at, view)
        draw_asked(self.theme, surface, _asked_box(at, view), view.asked, at.unit)
        if view.unsaved:
            self._not_saved(surface, at, view.unsaved)
        elif view.confusions:
            self._confusions(surface, at, view.confusions)
        if view.share:
            self._share(surface, at, view.share)
        look = ButtonFace("Play again", "Enter", MAGENTA, over=self._over == Target("again"))
        button(self.theme, surface, at.again, look, at.unit)
        keys = KEYS if view.share else (KEYS[0], KEYS[2])
        self.theme.keys(surface, at.keys, keys)

    def _title(self, surface: pygame.Surface, at: EndLayout) -> None:
        u = at.unit
        draw_title(self.theme, surface, at.title, TITLE, u)
        draw_leave(self.theme, surface, at.leave, u, lit=self._over == Target("leave"))

    # how it went

    def _hero(self, surface: pygame.Surface, at: EndLayout, view: QuizEndView) -> None:
        u, box = at.unit, at.hero
        self.theme.panel(surface, box, Glass(26 * u, MAGENTA, 2.0 * u, 168))
        inner = box.inflate(-round(44 * u), -round(28 * u))
        several = len(view.players) > 1
        shares = (0.27, 0.17, 0.56) if several else (0.38, 0.17, 0.17, 0.28)
        rows = _rows(inner, shares)
        px = min(112 * u, rows[0].height * 0.84)
        style = Style(px, WHITE, "centre", 14 * u)
        glow = GOLD if several else VIOLET
        self.theme.neon(surface, headline(view), rows[0], style, dim(glow, 0.8))
        paragraph(self.theme, surface, view.word, rows[1], Style(25 * u, SOFT, "centre", 9))
        if several:
            self._ranks(surface, rows[2], view.players, u)
            return
        self._marks(surface, rows[2], view)
        self._facts(surface, rows[3], view, u)

    def _marks(self, surface: pygame.Surface, box: pygame.Rect, view: QuizEndView) -> None:
        """Draw a star for each question, one after the other: gold if it was right."""
        count = len(view.asked)
        if not count:
            return
        rows = 1 if count <= 10 else 2 if count <= 24 else 3
        across = -(-count // rows)
        every_s = min(MARK_EVERY_S, MARKS_S / count)
        pitch = min(box.width / across, box.height / rows * 1.05)
        for number, asked in enumerate(view.asked):
            row, column = divmod(number, across)
            there = min(across, count - row * across)
            x = box.centerx + (column - (there - 1) / 2) * pitch
            y = box.centery + (row - (rows - 1) / 2) * min(pitch, box.height / rows)
            since_s = view.age_s - MARK_AFTER_S - number * every_s
            self._mark(surface, (x, y), pitch * 0.44, since_s if asked.right else -1.0)

    def _mark(
        self, surface: pygame.Surface, at: tuple[float, float], radius: float, since_s: float
    ) -> None:
        put(surface, self.theme.star(radius, (62, 46, 104)), at)
        if since_s > 0:
            pop = 1 + 0.5 * max(0.0, 1 - since_s / MARK_POP_S)
            self.theme.shine(surface, at, radius * 1.8, dim(GOLD, 0.42))
            put(surface, self.theme.star(radius * round(pop * 8) / 8, GOLD), at)

    def _facts(
        self, surface: pygame.Surface, box: pygame.Rect, view: QuizEndView, u: float
    ) -> None:
        took = [asked.took_s for asked in view.asked if asked.right]
        took = [took_s for took_s in took if math.isfinite(took_s)]
        points = view.players[0].points if view.players else 0
        streak = _("{n} in a row", n=view.best_streak)
        facts = [(_("points"), f"{points}"), (_("best streak"), streak)]
        if took:
            facts.append((_("time to know it"), f"{sum(took) / len(took):.1f} s"))
        for (name, words), line in zip(facts, _rows(box, (1 / 3,) * 3), strict=False):
            left, right = line.copy(), line.copy()
            left.width = line.width // 2
            right.left, right.width = left.right, line.width - left.width
            self.theme.write(surface, name, left, Style(18 * u, FAINT, "left", 8))
            drawn = self.theme.write(surface, words, right, Style(21 * u, WHITE, "right", 8))
            if words == streak and view.best_streak > 1:
                flame = sign(self.theme, "flame", 24 * u, (255, 128, 44))
                put(surface, flame, (drawn.left - 18 * u, float(line.centery)))

    def _ranks(
        self,
        surface: pygame.Surface,
        box: pygame.Rect,
        players: tuple[PlayerView, ...],
        u: float,
    ) -> None:
        high = min(64 * u, box.height / max(1, len(players)))
        for number, player in enumerate(players):
            line = pygame.Rect(box.left, round(box.top + number * high), box.width, round(high))
            line.height -= round(7 * u)
            ahead = sum(other.points > player.points for other in players)
            colour = (GOLD, (206, 214, 228), (214, 142, 84))[min(ahead, 2)]
            edge = colour if ahead < 3 else dim(VIOLET, 0.8)
            self.theme.panel(surface, line, Glass(14 * u, edge, 1.6 * u, 200))
            place = pygame.Rect(line.left, line.top, round(56 * u), line.height)
            self.theme.write(surface, f"{ahead + 1}", place, Style(28 * u, edge, "centre", 8))
            points = pygame.Rect(0, line.top, round(line.width * 0.26), line.height)
            points.right = line.right - round(18 * u)
            words = f"{player.points}".replace("-", "–")
            self.theme.write(surface, words, points, Style(28 * u, WHITE, "right", 8))
            name = pygame.Rect(place.right, line.top, points.left - place.right, line.height)
            self.theme.write(surface, player.name, name, Style(25 * u, WHITE, "left", 9))

    # every question

    # what is confused, and the line to share

    def _not_saved(self, surface: pygame.Surface, at: EndLayout, told: str) -> None:
        """Say that the quiz is not saved, with a button to try it again."""
        u, panel = at.unit, at.confusions
        self.theme.panel(surface, panel, Glass(18 * u, RED, 1.6 * u, 220, (70, 10, 34)))
        words, _, pressed = _rows(
            panel.inflate(-round(40 * u), -round(16 * u)), (0.48, 0.06, 0.46)
        )
        paragraph(self.theme, surface, told, words, Style(20 * u, WHITE, "centre", 10))
        look = ButtonFace("Save again", "S", RED, over=self._over == SAVE)
        pressed = pressed.inflate(-round(0.5 * pressed.width), 0)
        button(self.theme, surface, pressed, look, u)

    def _confusions(
        self, surface: pygame.Surface, at: EndLayout, confusions: tuple[str, ...]
    ) -> None:
        u, box = at.unit, at.confusions
        self.theme.panel(surface, box, Glass(20 * u, dim(VIOLET, 0.8), 1.5, 196))
        inner = box.inflate(-round(36 * u), -round(20 * u))
        head = pygame.Rect(inner.left, inner.top, inner.width, round(22 * u))
        self.theme.write(surface, _("OFTEN MIXED UP"), head, Style(14 * u, FAINT, "left", 8))
        room = max(1, int((inner.bottom - head.bottom - 4 * u) // (27 * u)))
        for number, sentence in enumerate(confusions[:room]):
            top = head.bottom + round(4 * u + number * 27 * u)
            line = pygame.Rect(inner.left + round(20 * u), top, 0, round(27 * u))
            line.width = inner.right - line.left
            pygame.draw.aacircle(surface, CYAN, (inner.left + 6 * u, line.centery), 4 * u)
            self.theme.write(surface, sentence, line, Style(18 * u, WHITE, "left", 15 * u))

    def _share(self, surface: pygame.Surface, at: EndLayout, share: str) -> None:
        u, box = at.unit, at.share
        self.theme.panel(surface, box, Glass(16 * u, CYAN, 1.6 * u, 232, (6, 16, 34)))
        self._line(surface, box.inflate(-round(36 * u), 0), share, 22 * u)
        over = self._over == Target("copy")
        shade = (20, 74, 96) if over else (10, 36, 58)
        self.theme.panel(surface, at.copy, Glass(16 * u, CYAN, 1.6 * u, 235, shade))
        cap = pygame.Rect(at.copy.left + round(16 * u), at.copy.top, round(26 * u), 0)
        cap.height = at.copy.height
        keycap(self.theme, surface, cap, "C")
        words = pygame.Rect(cap.right + round(10 * u), cap.top, 0, cap.height)
        words.width = at.copy.right - words.left - round(8 * u)
        self.theme.write(surface, _("copies"), words, Style(20 * u, CYAN, "left", 8))

    def _line(self, surface: pygame.Surface, box: pygame.Rect, share: str, px: float) -> None:
        """Write the line to share; its marks are drawn."""
        parts = _parts(share)
        while px > SMALLEST_LINE and self._length(parts, px) > box.width:
            px -= 0.5
        left = float(box.left)
        for marks, words in parts:
            room = pygame.Rect(
                round(left), box.top, max(0, box.right - round(left)), box.height
            )
            if not marks:
                drawn = self.theme.write(surface, words, room, Style(px, WHITE, "left", px))
                left = drawn.right
                continue
            for mark in words:
                if left + px * 0.72 > box.right:
                    break
                full = mark == FULL_MARK
                at = (left + px * 0.36, float(box.centery))
                pygame.draw.aacircle(surface, MINT if full else RED, at, px * 0.28)
                if not full:
                    pygame.draw.aacircle(
                        surface, (6, 16, 34), at, px * 0.28 - max(1.2, px * 0.08)
                    )
                left += px * 0.72

    def _length(self, parts: list[tuple[bool, str]], px: float) -> float:
        return sum(
            len(words) * px * 0.72 if marks else self.theme.width(words, px) + 2
            for marks, words in parts
        )


def _asked_box(at: EndLayout, view: QuizEndView) -> pygame.Rect:
    """Return the room of the questions, over what stays empty too."""
    if view.confusions or view.unsaved:
        return at.asked
    return at.asked.unionall(
        [at.confusions] if view.share else [at.confusions, at.share, at.copy]
    )


def _parts(share: str) -> list[tuple[bool, str]]:
    """Return the runs of marks and of words of a line."""
    runs = itertools.groupby(share, key=lambda sign: sign in FULL_MARK + EMPTY_MARK)
    return [(marks, "".join(signs)) for marks, signs in runs]


def _rows(box: pygame.Rect, shares: tuple[float, ...]) -> list[pygame.Rect]:
    """Return rectangles stacked in a box with shares of its height."""
    tops = [box.top + box.height * part for part in itertools.accumulate(shares, initial=0.0)]
    return [
        pygame.Rect(box.left, round(top), box.width, round(bottom) - round(top))
        for top, bottom in itertools.pairwise(tops)
    ]
