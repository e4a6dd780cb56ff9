"""The result: stars, the score counting up, where it was good, and what to practise."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import GRADES
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import lights_of
from kpopdance.realtime.screens.parts.chips import Chip, draw_chips, place_at_right
from kpopdance.realtime.screens.parts.curve import draw_sparkline
from kpopdance.realtime.screens.parts.moves_chart import MovesChart
from kpopdance.realtime.screens.parts.side_by_side import draw_side_by_side
from kpopdance.realtime.screens.parts.signs import ButtonFace, button, paragraph
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    GRADE_COLOUR,
    MAGENTA,
    MINT,
    NIGHT,
    RED,
    SOFT,
    STAR_EMPTY,
    VIOLET,
    WHITE,
    Glass,
    Style,
    clock_words,
    dim,
    drawable,
    is_wide,
    mix,
)
from kpopdance.realtime.screens.results_layout import (
    hero_rows,
    result_layout,
    rows_of,
    unsaved_layout,
)
from kpopdance.realtime.screens.screen import Meanings, Place, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Align, Hints
    from kpopdance.realtime.screens.results_layout import ResultLayout
    from kpopdance.realtime.screens.view import ResultView, SideView

SAVE: Final = Target("save")
FACE: Final = Target("face")
BOARD: Final = Target("board")
SAVE_KEY: Final = ("S", N_("save again"))
PRACTISE: Final = Target("practise")
BEST: Final = Target("best")
KEYS: Final[Hints] = (
    ("R", N_("dance again")),
    ("V", N_("clip")),
    ("Esc", N_("back to the songs")),
)
PRACTICE_KEYS: Final[Hints] = (("← → ↑", N_("move, section")), *KEYS)
TO_PRACTISE, WENT_WELL = N_("WHAT TO PRACTISE"), N_("WHAT WENT WELL")
BROUGHT: Final = 2  # moves that were practised: so many are told
COUNT_UP_S: Final = 1.6
STAR_AFTER_S, STAR_EVERY_S, STAR_POP_S = 0.5, 0.28, 0.22
BARS_S: Final = 0.9
ON_TIME_MS: Final = 40
"""A smaller median lag is called on the beat."""


def lag_sentence(lag_ms: float | None) -> str:
    """Return the player's timing in words."""
    if lag_ms is None:
        return _("timing unknown")
    if abs(lag_ms) < ON_TIME_MS:
        return _("right on the beat")
    way = N_("about {ms:.0f} ms late") if lag_ms > 0 else N_("about {ms:.0f} ms early")
    return _(way, ms=abs(lag_ms))


def counted_up(score: float, age_s: float) -> float:
    """Return the score shown so far: quick at first, then settling."""
    share = min(max(age_s / COUNT_UP_S, 0.0), 1.0)
    return score * (1 - (1 - share) ** 3)


class ResultsScreen(Screen):
    """Draws a :class:`~kpopdance.realtime.screens.view.ResultView`."""

    meanings: ClassVar[Meanings] = {
        "return": "practise", "p": "practise", "r": "again", "space": "again", "l": "lag", "s": "save",
        "escape": "back", "u": "face", "c": "board", "b": "best", "v": "clip",
        "left": "left", "right": "right", "up": "up", "down": "down",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._unsaved = False
        self._buttons: dict[Target, pygame.Rect] = {}
        self._chart = MovesChart(self.theme)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        for target, place in self._buttons.items():
            if place.collidepoint(position):
                return target
        move = self._chart.at(position)
        if move is not None:
            return Target("move", move)
        lies = self._unsaved and unsaved_layout(result_layout(size))[1].collidepoint(position)
        return SAVE if lies else None

    def draw(self, surface: pygame.Surface, view: ResultView) -> None:
        """Draw one frame."""
        if not drawable(surface.get_size()):
            return
        at, self._unsaved = result_layout(surface.get_size()), bool(view.unsaved)
        self._buttons.clear()
        self._chart.forget()
        beat = view.age_s * 1.6
        horizon = round(surface.get_height() * 0.66)
        lights = lights_of(view.colours)
        self.backdrop.draw(
            surface, beat, centre_x=at.hero.centerx, horizon_y=horizon, lights=lights
        )
        self.backdrop.crowd(surface, beat)
        surface.fill((150, 140, 176), special_flags=pygame.BLEND_RGB_MULT)
        self._title(surface, at, view)
        self._hero(surface, at, view)
        self._grades(surface, at, view.report)
        self._moves(surface, at, view)
        grown = min(1.0, view.age_s / BARS_S)
        named = {_(name.replace("_", " ")): v for name, v in view.report.limbs.items()}
        limbs = sorted(named.items(), key=lambda limb: -limb[1])
        body = at.limbs if view.side is not None else at.limbs.union(at.side)
        self._bars(surface, at, body, (_("BODY"), limbs, CYAN, grown))
        if view.side is not None:
            self._side(surface, at, view.side)
        self._advice(surface, at, view)
        keys = KEYS if view.chosen is None else PRACTICE_KEYS
        self.theme.keys(surface, at.keys, (SAVE_KEY, *keys) if view.unsaved else keys)
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        small = " · ".join((*view.notices, view.status)) if view.notices else view.status
        self.theme.write_parts(
            surface, small, at.status, Style(12.5 * at.unit, FAINT, align, 9)
        )

    def _pane(
        self, surface: pygame.Surface, at: ResultLayout, box: pygame.Rect, head: str
    ) -> pygame.Rect:
        u = at.unit
        self.theme.panel(surface, box, Glass(20 * u, dim(VIOLET, 0.8), 1.5, 196))
        inner = box.inflate(-round(36 * u), -round(24 * u))
        if head:
            line = pygame.Rect(inner.left, inner.top, inner.width, round(20 * u))
            self.theme.write(surface, head, line, Style(14 * u, FAINT, "left", 7))
            inner.top, inner.height = (
                line.bottom + round(6 * u),
                inner.bottom - line.bottom - round(6 * u),
            )
        return inner

    def _title(self, surface: pygame.Surface, at: ResultLayout, view: ResultView) -> None:
        px = 38 * at.unit
        title, _ = self.theme.fitted(view.title, Style(px, least=px), at.title.width * 0.66)
        drawn = self.theme.write(surface, title, at.title, Style(px, least=px))
        rest = at.title.copy()
        rest.left = drawn.right + round(18 * at.unit)
        rest.width = max(0, at.title.right - rest.left)
        chips = {
            FACE: Chip("U", view.face, "face", named=True),
            BOARD: Chip("C", view.board, "board", named=True),
        }
        for target, chip in chips.items():
            if chip.words:
                place = self._chip(surface, rest, chip, target, 34 * at.unit)
                rest.width = place.left - round(10 * at.unit) - rest.left
        self.theme.write(
            surface, view.artist, rest, Style(22 * at.unit, SOFT, least=22 * at.unit)
        )

    def _hero(self, surface: pygame.Surface, at: ResultLayout, view: ResultView) -> None:
        u, box, report = at.unit, at.hero, view.report
        self.theme.panel(surface, box, Glass(26 * u, MAGENTA, 2.0 * u, 150))
        rows = hero_rows(at)
        self._stars(surface, rows[0], report.stars, view.age_s)
        shown = f"{counted_up(report.score, view.age_s):.1f}"
        ink, glow = (WHITE, dim(VIOLET, 0.9)) if report.complete else (FAINT, NIGHT)
        self.theme.neon(surface, shown, rows[1], Style(132 * u, ink, "centre", 1), glow)
        self._record(surface, rows[2], view, u)
        if view.unsaved:
            self._not_saved(surface, at, view.unsaved)
            return
        facts = (
            (_("best combo"), f"×{report.best_combo}"),
            (_("timing"), lag_sentence(report.lag_ms)),
            (_("best moment"), _best_moment(report)),
            (_("seen"), _("{seen_percent} % of the dance", seen_percent=report.seen_percent)),
        )
        room = self._earlier(surface, at, view) if view.earlier else rows[3]
        for (name, words), line in zip(facts, rows_of(room, (0.25,) * 4), strict=True):
            left, right = line.copy(), line.copy()
            left.width = round(line.width * 0.36)
            right.left, right.width = left.right, line.width - left.width
            self.theme.write(surface, name, left, Style(16 * u, FAINT, "left", 7))
            self.theme.write(surface, words, right, Style(19 * u, WHITE, "right", 8))

    def _earlier(
        self, surface: pygame.Surface, at: ResultLayout, view: ResultView
    ) -> pygame.Rect:
        """Draw the song's scores up to this dance; return the room of the facts."""
        number, _, facts = hero_rows(at)[1:]
        place, _, rest = rows_of(facts, (0.26, 0.06, 0.68))
        if not is_wide(surface.get_size()):  # there is room beside the score
            place, rest = number.inflate(0, -round(0.5 * number.height)), facts
            place.left = number.centerx + round(0.24 * number.width)
            place.width = number.right - place.left
        draw_sparkline(self.theme, surface, place, (*view.earlier, view.report.score), CYAN)
        return rest

    def _not_saved(self, surface: pygame.Surface, at: ResultLayout, told: str) -> None:
        """Say what is not saved, with a button to try it again."""
        words, pressed = unsaved_layout(at)
        paragraph(self.theme, surface, told, words, Style(20 * at.unit, WHITE, "centre", 10))
        look = ButtonFace("Save again", SAVE_KEY[0], RED, over=self._over == SAVE)
        button(self.theme, surface, pressed, look, at.unit)

    def _record(
        self, surface: pygame.Surface, box: pygame.Rect, view: ResultView, u: float
    ) -> None:
        before = view.best_before
        if not view.counts:
            self.theme.write(surface, _("not kept"), box, Style(20 * u, SOFT, "centre"))
            return
        if not view.stored:
            words, ink = (_("NOT SAVED"), RED) if view.unsaved else (_("saving ..."), SOFT)
            self.theme.write(surface, words, box, Style(22 * u, ink, "centre"))
            return
        if before is None or view.report.score > before:
            if view.age_s < COUNT_UP_S:
                return
            if view.report.score <= 0:
                self.theme.write(surface, _("first dance"), box, Style(20 * u, SOFT, "centre"))
                return
            words = (
                _("FIRST DANCE")
                if before is None
                else _("NEW RECORD   +{more:.1f}", more=view.report.score - before)
            )
            self.theme.neon(surface, words, box, Style(25 * u, GOLD, "centre"), dim(GOLD, 0.6))
            return
        self.theme.write(
            surface, _("best {before:.1f}", before=before), box, Style(20 * u, SOFT, "centre")
        )

    def _stars(
        self, surface: pygame.Surface, box: pygame.Rect, stars: int, age_s: float
    ) -> None:
        pitch = min(box.width / 5, box.height * 1.2)
        radius = min(pitch * 0.44, box.height * 0.5)
        for number in range(5):
            x = box.centerx + (number - 2) * pitch
            y = box.centery - (2 - abs(number - 2)) * radius * 0.12
            empty = self.theme.star(radius, STAR_EMPTY)
            surface.blit(empty, (x - empty.get_width() / 2, y - empty.get_height() / 2))
            since_s = age_s - STAR_AFTER_S - number * STAR_EVERY_S
            if number < stars and since_s > 0:
                pop = 1 + 0.5 * max(0.0, 1 - since_s / STAR_POP_S)
                self.theme.shine(surface, (x, y), radius * 1.7, dim(GOLD, 0.42))
                star = self.theme.star(radius * round(pop * 8) / 8, GOLD)
                surface.blit(star, (x - star.get_width() / 2, y - star.get_height() / 2))

    def _grades(self, surface: pygame.Surface, at: ResultLayout, report: Report) -> None:
        u, gap = at.unit, round(10 * at.unit)
        width = (at.grades.width - 4 * gap) / 5
        for number, grade in enumerate(GRADES):
            box = pygame.Rect(0, at.grades.top, round(width), at.grades.height)
            box.left = round(at.grades.left + number * (width + gap))
            colour = GRADE_COLOUR[grade]
            self.theme.panel(surface, box, Glass(18 * u, dim(colour, 0.8), 1.5, 196))
            top, low = rows_of(box.inflate(-round(16 * u), -round(10 * u)), (0.62, 0.38))
            self.theme.write(
                surface,
                str(report.counts.get(grade, 0)),
                top,
                Style(42 * u, WHITE, "centre", 1),
            )
            self.theme.write(surface, grade, low, Style(15 * u, colour, "centre", 7))

    def _moves(self, surface: pygame.Surface, at: ResultLayout, view: ResultView) -> None:
        u, inner = at.unit, self._pane(surface, at, at.moves, _("EVERY MOVE"))
        over = self._over.which if self._over and self._over.kind == "move" else None
        self._chart.draw(surface, inner, view, over, u)
        head = pygame.Rect(inner.left, at.moves.top, inner.width, inner.top - at.moves.top)
        head.left += round(130 * u)
        head.width = inner.right - head.left
        self.theme.write(surface, view.pointed_words, head, Style(17 * u, WHITE, "right", 9))

    def _side(self, surface: pygame.Surface, at: ResultLayout, side: SideView) -> None:
        """Draw the chosen moves as they were danced beside the coach, and what can be done with them."""
        u, inner = at.unit, self._pane(surface, at, at.side, "")
        head, reason, dance, _, foot = rows_of(inner, (0.1, 0.09, 0.63, 0.03, 0.15))
        self.theme.write(surface, side.words, head, Style(17 * u, WHITE, "left", 9))
        self.theme.write(surface, side.reason, reason, Style(15 * u, GOLD, "left", 9))
        draw_side_by_side(self.theme, surface, dance, side, u)
        chip = Chip("B", "best, worst", "best")
        place = self._chip(surface, foot, chip, BEST, 28 * u)
        practise = pygame.Rect(foot.left, foot.top, place.left - foot.left, foot.height)
        practise.width -= round(12 * u)
        look = ButtonFace("Practise", "Enter", over=self._over == PRACTISE)
        button(self.theme, surface, practise, look, u)
        self._buttons[PRACTISE] = practise

    def _chip(
        self, surface: pygame.Surface, row: pygame.Rect, chip: Chip, target: Target, high: float
    ) -> pygame.Rect:
        """Draw a chip at a row's right end that can be clicked on; return where it is."""
        place = place_at_right(self.theme, row, chip, high)
        lit = 0 if self._over == target else None
        draw_chips(self.theme, surface, (chip,), [place], lit)
        self._buttons[target] = place
        return place

    def _bars(
        self,
        surface: pygame.Surface,
        at: ResultLayout,
        box: pygame.Rect,
        what: tuple[str, Sequence[tuple[str, float]], tuple[int, int, int], float],
    ) -> None:
        head, rows, colour, grown = what
        u = at.unit
        inner = self._pane(surface, at, box, head)
        shown = list(rows)[: max(1, int(inner.height // (26 * u)))]
        if not shown:
            return
        lines = rows_of(inner, (1 / max(len(shown), 4),) * len(shown))
        for (name, value), line in zip(shown, lines, strict=True):
            high = max(4, round(8 * u))
            words = pygame.Rect(
                line.left, line.top, line.width, max(8, line.height - high - round(3 * u))
            )
            words.height = min(words.height, round(26 * u))
            label = words.copy()
            label.width = round(words.width * 0.74)
            number = pygame.Rect(
                label.right, words.top, words.right - label.right, words.height
            )
            self.theme.write(surface, name, label, Style(16 * u, WHITE, "left", 7))
            self.theme.write(surface, f"{value:.0f}", number, Style(16 * u, SOFT, "right", 1))
            bar = pygame.Rect(line.left, words.bottom, line.width, high)
            tone = mix(dim(colour, 0.55), colour, min(max(value, 0.0), 100.0) / 100)
            self.theme.bar(surface, bar, value / 100 * grown, tone)

    def _advice(self, surface: pygame.Surface, at: ResultLayout, view: ResultView) -> None:
        u = at.unit
        well = not view.to_practise and bool(view.went_well)
        inner = self._pane(surface, at, at.advice, _(WENT_WELL if well else TO_PRACTISE))
        top = inner.top
        told = [(line, MINT, MINT) for line in view.brought[:BROUGHT]]
        told += [(line, WHITE, GOLD) for line in view.to_practise]
        told += [(line, WHITE, MINT) for line in view.went_well if well]
        told += [(sentence, WHITE, MAGENTA) for sentence in view.report.advice]
        if view.suggestion:
            told.insert(0, (view.suggestion, CYAN, CYAN))
        for sentence, ink, mark in told:
            style = Style(max(8.0, 17 * u), ink)
            box = pygame.Rect(inner.left + round(22 * u), top, 0, inner.bottom - top)
            box.width = inner.right - box.left
            if box.height < style.px * 1.38:
                break
            dot = (inner.left + 7 * u, top + style.px * 0.7)
            pygame.draw.aacircle(surface, mark, dot, 4.5 * u)
            top = self.theme.write_lines(surface, sentence, box, style) + round(8 * u)


def _best_moment(report: Report) -> str:
    best = next((move for move in report.moves if move.move == report.best), None)
    return f"{clock_words(best.start_s)}  {best.grade}" if best is not None else "-"
