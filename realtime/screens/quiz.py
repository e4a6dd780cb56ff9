"""The quiz: a dancing figure on black, a question, titles to choose from, hints, time, points."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.actions import BUZZ, CHOOSE, ENTER, Target
from kpopdance.realtime.screens.parts.backdrop import beat_pulse
from kpopdance.realtime.screens.parts.clip_figures import ClipFigures
from kpopdance.realtime.screens.parts.heading import draw_leave, draw_notices, draw_title
from kpopdance.realtime.screens.parts.signs import (
    PAINTERS,
    ButtonFace,
    button,
    keycap,
    paragraph,
    put,
    ring,
    sign,
)
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
    blit_faded,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour, Hints, Theme
    from kpopdance.realtime.screens.quiz_view import HintView, PlayerView, QuizView

TITLE: Final = ("Guess", "That Song!")
QUESTION: Final = "What song is the figure dancing?"
ALONE: Final[Hints] = (
    ("↑ ↓", "choose"), ("Enter", "submit"), ("H", "hint"), ("Space", "clip again"),
    ("Esc", "leave"), ("M", "mute"),
)  # fmt: skip
SEVERAL: Final[Hints] = (
    ("1-4", "answer"), ("H", "hint"), ("Space", "clip again"), ("Esc", "leave"), ("M", "mute"),
)  # fmt: skip
TOLD: Final[Hints] = (("Enter", "next"), ("Esc", "leave"))
LABELS: Final = {
    "points": "lights", "bones": "bones", "formation": "all dancers", "music": "2 s music",
    "colours": "cover",
}  # fmt: skip
"""Short names of the steps of the ladder."""
SHORT_KEYS: Final = {
    "left shift": "L SH", "right shift": "R SH", "left ctrl": "L CTL",
    "right ctrl": "R CTL", "return": "ENTER", "backspace": "BACK",
}  # fmt: skip
PLAYER_COLOURS: Final[tuple[Colour, ...]] = (CYAN, MAGENTA, GOLD, (176, 150, 255))
LAST_QUARTER: Final = 0.25
"""Of the time: then it is red."""
STEP_LOOKS: Final[dict[str, tuple[Colour, Colour, Colour]]] = {
    "taken": (GOLD, (74, 50, 20), GOLD),
    "next": (SOFT, (40, 28, 82), WHITE),
    "over": (WHITE, (84, 48, 140), WHITE),
    "later": ((66, 50, 112), (20, 13, 46), (104, 90, 150)),
}
"""Edge, shade and ink of a step of the ladder."""
CHOICE_LOOKS: Final[dict[str, tuple[Colour, Colour, Colour, float]]] = {
    "plain": (dim(VIOLET, 0.85), (24, 16, 56), WHITE, 1.5),
    "waiting": (dim(VIOLET, 0.6), (20, 13, 46), SOFT, 1.2),
    "hovered": (SOFT, (52, 30, 98), WHITE, 2.0),
    "marked": (MAGENTA, (92, 18, 88), WHITE, 2.8),
    "right": (MINT, (12, 92, 66), WHITE, 3.2),
    "wrong": (RED, (92, 18, 38), WHITE, 3.2),
    "passed": (dim(VIOLET, 0.35), (16, 11, 36), dim(FAINT, 0.72), 1.2),
}
"""Edge, shade, ink and width of the edge of a choice."""
FLIGHT_S, FLIGHT_AFTER_S, POP_S = 0.75, 0.25, 0.16
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

    def panels(self) -> dict[str, pygame.Rect]:
        """Return the rectangles that must not overlap, by name."""
        rects = {field.name: getattr(self, field.name) for field in fields(self)}
        return {n: r for n, r in rects.items() if n not in ("banner", "unit")}

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
        return _box(self.clip.left + side, top, self.clip.right - side, low)

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


def quiz_layout(size: tuple[int, int]) -> QuizLayout:
    """Return the layout of a window, side by side or stacked."""
    return _wide(size) if is_wide(size) else _tall(size)


def _box(left: float, top: float, right: float, bottom: float) -> pygame.Rect:
    return pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))


def _wide(size: tuple[int, int]) -> QuizLayout:
    (width, height), u = size, scale_of(size)
    edge, foot = 32 * u, height - 20 * u
    end, low = width - edge, foot - 44 * u
    cut = edge + 0.60 * (end - edge)
    column, step = cut + 24 * u, low - 82 * u
    return QuizLayout(
        title=_box(edge, 16 * u, cut, 66 * u),
        tally=_box(column, 16 * u, end - 50 * u, 66 * u),
        leave=_box(end - 36 * u, 23 * u, end, 59 * u),
        progress=_box(edge, 74 * u, end, 81 * u),
        clip=_box(edge, 96 * u, cut, low),
        players=_box(column, 96 * u, end, 162 * u),
        question=_box(column, 172 * u, end - 88 * u, 252 * u),
        timer=_box(end - 80 * u, 172 * u, end, 252 * u),
        choices=_box(column, 264 * u, end, step - 76 * u),
        submit=_box(column, step - 66 * u, end, step - 12 * u),
        hints=_box(column, step, end, low),
        keys=_box(edge, foot - 30 * u, end, foot - 2 * u),
        banner=_box(edge + 16 * u, 110 * u, cut - 16 * u, 158 * u),
        unit=u,
    )


def _tall(size: tuple[int, int]) -> QuizLayout:
    (width, height), u = size, scale_of(size)
    edge, foot = 28 * u, height - 16 * u
    end, low = width - edge, foot - 46 * u
    top = low - 70 * u - 300 * u
    return QuizLayout(
        title=_box(edge, 16 * u, width * 0.70, 72 * u),
        tally=_box(width * 0.71, 16 * u, end - 56 * u, 72 * u),
        leave=_box(end - 42 * u, 23 * u, end, 65 * u),
        progress=_box(edge, 82 * u, end, 89 * u),
        players=_box(edge, 102 * u, end, 172 * u),
        question=_box(edge, 182 * u, end - 96 * u, 268 * u),
        timer=_box(end - 88 * u, 182 * u, end, 268 * u),
        clip=_box(edge, 280 * u, end, top - 100 * u),
        hints=_box(edge, top - 88 * u, end, top),
        choices=_box(edge, top + 12 * u, end, low - 72 * u),
        submit=_box(edge, low - 62 * u, end, low),
        keys=_box(edge, foot - 34 * u, end, foot - 2 * u),
        banner=_box(edge + 16 * u, 294 * u, end - 16 * u, 344 * u),
        unit=u,
    )


def answering(view: QuizView) -> bool:
    """Say whether a choice would be taken now: alone at any time, with buzzers after one."""
    return view.phase == "buzzed" or (view.phase == "asking" and len(view.players) < 2)


def next_hint(view: QuizView) -> int | None:
    """Return which step of the ladder comes next; None where none is left or all is told."""
    if view.phase == "told":
        return None
    return next((k for k, hint in enumerate(view.hints) if not hint.taken), None)


def label_px(u: float) -> float:
    """Return how large the names of the steps are."""
    return max(9.5, 13.5 * u)


def time_colour(share: float) -> Colour:
    """Return the colour of the time left: red in the last quarter."""
    if share <= LAST_QUARTER:
        return RED
    return GOLD if share <= 2 * LAST_QUARTER else CYAN


class QuizScreen:
    """Draws a :class:`~kpopdance.realtime.screens.quiz_view.QuizView`.

    What keys mean and what lies under the mouse follows the view drawn last.

    Parameters
    ----------
    stage : Backdrop
        The background, shared by all screens.
    hints : tuple of (key, meaning)
        More keys to list; what they do is the loop's.
    """

    def __init__(self, stage: Backdrop, hints: Hints = ()) -> None:
        self.stage = stage
        self.theme: Theme = stage.theme
        self.hints = hints
        self.clip = ClipFigures()
        self._view: QuizView | None = None
        self._over: Target | None = None
        self._layout = quiz_layout((1280, 720))
        self._laid_out_for = (1280, 720)

    def key(self, name: str) -> Action | None:
        """Return what a key means in the view drawn last, None for the loop's own keys."""
        view = self._view
        keys: dict[str, Action] = {
            "up": "up", "w": "up", "down": "down", "s": "down", "h": "hint", "space": "replay",
            "m": "mute", "escape": "leave",
        }  # fmt: skip
        if view is not None and view.phase == "told":
            return "next" if name in (*ENTER, "space") else keys.get(name)
        if view is not None and view.phase == "asking" and len(view.players) > 1:
            for player, action in zip(view.players, BUZZ, strict=False):
                if player.key.casefold() == name.casefold():
                    return action
        number = name.strip("[]")
        if number in ("1", "2", "3", "4", "5", "6"):
            which = int(number) - 1
            return CHOOSE[which] if view is None or which < len(view.choices) else None
        return "submit" if name in ENTER else keys.get(name)

    def at(self, position: tuple[float, float], size: tuple[int, int]) -> Target | None:
        """Return what lies under a px of a page of a size; what would do nothing is None.

        Ask once a frame with the mouse's place: the button found is lit in the next drawing. A
        choice is lit by the view's ``hovered``.
        """
        self._over = self._under(position, size)
        return self._over

    def _under(self, position: tuple[float, float], size: tuple[int, int]) -> Target | None:
        view = self._view
        if view is None or not drawable(size):
            return None
        at = self._laid_out(size)
        places = [(Target("leave"), at.leave)]
        if view.phase == "told":
            places.append((Target("next"), at.submit))
        else:
            places.append((Target("replay"), at.replay))
        if self._ready(view):
            places.append((Target("submit"), at.submit))
        if answering(view):
            boxes = at.choice_boxes(len(view.choices))
            places += [(Target("choice", k), box) for k, box in enumerate(boxes)]
        hint = next_hint(view)
        if hint is not None:
            places.append((Target("hint", hint), at.hint_boxes(len(view.hints))[hint]))
        return next((target for target, box in places if box.collidepoint(position)), None)

    def _ready(self, view: QuizView) -> bool:
        return view.selected is not None and answering(view)

    def _laid_out(self, size: tuple[int, int]) -> QuizLayout:
        if size != self._laid_out_for:
            self._layout, self._laid_out_for = quiz_layout(size), size
        return self._layout

    def draw(self, surface: pygame.Surface, view: QuizView) -> None:
        """Draw one frame."""
        self._view = view
        if not drawable(surface.get_size()):
            return
        at = self._laid_out(surface.get_size())
        horizon = round(surface.get_height() * 0.66)
        self.stage.draw(surface, view.beat, centre_x=at.clip.centerx, horizon_y=horizon)
        surface.fill((104, 96, 130), special_flags=pygame.BLEND_RGB_MULT)
        self._head(surface, at, view)
        self._players(surface, at, view)
        if view.phase == "told":
            self._verdict(surface, at, view)
        else:
            self._question(surface, at, view)
        self._clip(surface, at, view)
        self._ladder(surface, at, view)
        self._choices(surface, at, view)
        self._submit(surface, at, view)
        self._keys(surface, at, view)
        self._flight(surface, at, view)
        draw_notices(self.theme, surface, at.banner, view.notices, at.unit)

    # the head

    def _head(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u = at.unit
        draw_title(self.theme, surface, at.title, TITLE, u)
        words = f"{view.number} of {view.total}"
        self.theme.write(surface, words, at.tally, Style(24 * u, SOFT, "right", 8))
        draw_leave(self.theme, surface, at.leave, u, lit=self._over == Target("leave"))
        self._progress(surface, at, view)

    def _progress(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        """Draw one segment per question: right, wrong, this one, still to come."""
        box, total = at.progress, max(1, view.total)
        gap = min(5 * at.unit, box.width / total * 0.3)
        wide = (box.width + gap) / total - gap
        for number in range(total):
            left = box.left + number * (wide + gap)
            segment = _box(left, box.top, left + wide, box.bottom)
            self.theme.pill(surface, segment, self._segment(view, number))
            if number == view.number - 1:
                self.theme.shine(surface, segment.center, 20 * at.unit, dim(MAGENTA, 0.7))

    @staticmethod
    def _segment(view: QuizView, number: int) -> Colour:
        if number < len(view.marks) and number < view.number - 1:
            return MINT if view.marks[number] else RED
        if number == view.number - 1:
            return WHITE
        return VIOLET if number < view.number else (52, 38, 94)

    # the players

    def _players(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        if len(view.players) < 2:
            for player in view.players:
                self._alone(surface, at, player)
            return
        boxes = at.player_boxes(len(view.players))
        for number, (box, player) in enumerate(zip(boxes, view.players, strict=True)):
            colour = PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
            self._player(surface, box, player, colour, at.unit)

    def _alone(self, surface: pygame.Surface, at: QuizLayout, player: PlayerView) -> None:
        u, box = at.unit, at.players
        self.theme.panel(surface, box, Glass(18 * u, dim(VIOLET, 0.8), 1.4, 176))
        inner = box.inflate(-round(36 * u), -round(8 * u))
        label = pygame.Rect(inner.left, inner.top, round(inner.width * 0.24), inner.height)
        drawn = self.theme.write(surface, "SCORE", label, Style(16 * u, FAINT, "left", 8))
        number = pygame.Rect(drawn.right + round(12 * u), inner.top, 0, inner.height)
        number.width = max(0, round(inner.left + inner.width * 0.56) - number.left)
        points = f"{player.points}"
        self.theme.write(surface, points, number, Style(42 * u, WHITE, "left", 8))
        side = pygame.Rect(number.right, inner.top, inner.right - number.right, inner.height)
        if player.streak > 0:
            self._streak(surface, side, player.streak, u)

    def _streak(self, surface: pygame.Surface, box: pygame.Rect, streak: int, u: float) -> None:
        heat = min(streak, 5) / 5
        words = f"{streak} in a row"
        drawn = self.theme.write(surface, words, box, Style(19 * u, GOLD, "right", 8))
        side = (22 + 14 * heat) * u
        centre = (drawn.left - side * 0.66, float(box.centery))
        if centre[0] - side / 2 < box.left:
            return
        self.theme.shine(surface, centre, side * 1.2, dim((255, 120, 30), 0.3 + 0.4 * heat))
        put(surface, sign(self.theme, "flame", side, (255, 128, 44)), centre)

    def _player(
        self,
        surface: pygame.Surface,
        box: pygame.Rect,
        player: PlayerView,
        colour: Colour,
        u: float,
    ) -> None:
        ink = FAINT if player.out else WHITE
        edge = dim(colour, 0.35) if player.out else colour
        shade = mix((22, 14, 52), colour, 0.42 if player.buzzing else 0.06)
        width = 3.4 * u if player.buzzing else 1.6
        if player.buzzing:
            self.theme.shine(surface, box.center, box.width * 0.72, dim(colour, 0.7))
        self.theme.panel(surface, box, Glass(14 * u, edge, width, 214, shade))
        inner = box.inflate(-round(16 * u), -round(8 * u))
        name, low = _split(inner, 0.40)
        shown = FAINT if player.out else colour
        self.theme.write(surface, player.name, name, Style(17 * u, shown, "left", 9))
        cap = low.copy()
        wide = self.theme.width(_cap_words(player.key), low.height * 0.5) + low.height // 2
        words = f"{player.points}".replace("-", "–")
        room = low.width - self.theme.width(words, max(9.0, 19 * u)) - round(9 * u)
        cap.width = min(max(2, room), max(low.height, wide))
        if player.out:
            put(surface, sign(self.theme, "cross", low.height * 0.8, RED), cap.center)
        elif player.key:
            self._buzzer(surface, cap, player.key, edge)
        rest = pygame.Rect(cap.right + round(7 * u), low.top, 0, low.height)
        rest.width = max(0, low.right - rest.left)
        style = Style(26 * u, ink, "left", 8)
        drawn = self.theme.write(surface, words, rest, style)
        self._little_streak(surface, rest, drawn.right + 6 * u, player.streak)

    def _buzzer(
        self, surface: pygame.Surface, box: pygame.Rect, key: str, colour: Colour
    ) -> None:
        high = box.height
        self.theme.panel(surface, box, Glass(high * 0.22, colour, 1.8, 240, (50, 36, 92)))
        inner = box.inflate(-max(2, high // 5), 0)
        self.theme.write(
            surface, _cap_words(key), inner, Style(high * 0.62, WHITE, "centre", 6)
        )

    def _little_streak(
        self, surface: pygame.Surface, box: pygame.Rect, left: float, streak: int
    ) -> None:
        side = box.height * 0.72
        number = pygame.Rect(round(left + side), box.top, 0, box.height)
        number.width = box.right - number.left
        style = Style(side * 0.72, GOLD, "left", 6)
        if streak < 1 or self.theme.width(f"{streak}", style.px) > number.width:
            return
        flame = sign(self.theme, "flame", side, (255, 128, 44))
        put(surface, flame, (left + side / 2, float(box.centery)))
        self.theme.write(surface, f"{streak}", number, style)

    # the question, or what became of it

    def _question(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u = at.unit
        timed = math.isfinite(view.limit_s) and view.limit_s > 0
        box = at.question if timed else at.question.union(at.timer)
        if timed:
            self._timer(surface, at, view)
        if view.phase != "buzzed":
            paragraph(self.theme, surface, QUESTION, box, Style(34 * u, WHITE, "left", 10))
            return
        name, colour = self._turn(view)
        top, low = _split(box, 0.62)
        style = Style(50 * u, WHITE, "left", 10)
        self.theme.neon(surface, f"{name}!", top, style, dim(colour, 0.9))
        words = f"which song?  press 1-{len(view.choices)}"
        self.theme.write(surface, words, low, Style(21 * u, colour, "left", 8))

    @staticmethod
    def _turn(view: QuizView) -> tuple[str, Colour]:
        """Return the name and colour of who answers."""
        for number, player in enumerate(view.players):
            if player.buzzing:
                return player.name, PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
        return "", CYAN

    def _timer(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        left_s = view.left_s if math.isfinite(view.left_s) else view.limit_s
        share = min(max(left_s / view.limit_s, 0.0), 1.0)
        colour, outer = time_colour(share), min(at.timer.size) * 0.47
        centre = (float(at.timer.centerx), float(at.timer.centery))
        if share <= LAST_QUARTER:
            level = round(4 * beat_pulse(left_s)) / 4
            self.theme.shine(surface, centre, outer * 1.6, dim(RED, 0.25 + 0.4 * level))
        radii = (outer * 0.78, outer)
        pygame.draw.aacircle(surface, (14, 9, 34), centre, outer)
        ring(surface, centre, radii, 1.0, dim(mix(colour, VIOLET, 0.5), 0.3))
        ring(surface, centre, radii, share, colour)
        face = pygame.Rect(0, 0, round(outer * 1.3), round(outer * 1.3))
        face.center = at.timer.center
        ink = RED if share <= LAST_QUARTER else WHITE
        words = f"{math.ceil(max(left_s, 0.0))}"
        self.theme.write(surface, words, face, Style(outer * 0.8, ink, "centre", 7))

    def _verdict(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        box, u = at.question.union(at.timer), at.unit
        right = view.selected is not None and view.selected == view.answer
        words, colour = ("Correct!", MINT) if right else ("Wrong!", RED)
        if view.selected is None:
            words, colour = "Time is up!", GOLD
        name, _ = self._turn(view)
        top, low = _split(box, 0.62)
        grown = round(4 * min(1.0, max(0.0, view.age_s) / POP_S)) / 4
        px = 58 * u * (0.76 + 0.24 * grown)
        self.theme.neon(
            surface,
            words,
            top,
            Style(px, mix(colour, WHITE, 0.2), "left", 10),
            dim(colour, 0.5),
        )
        said = []
        if name:
            said.append(name)
        if view.points_earned:
            said.append(f"{view.points_earned:+d} points".replace("-", "–"))
        if not right and view.answer is not None and 0 <= view.answer < len(view.choices):
            said.append(f"it is {view.choices[view.answer]}")
        line = "  ·  ".join(said)
        self.theme.write(surface, line, low, Style(22 * u, WHITE, "left", 13 * u))

    # the clip

    def _clip(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u, box = at.unit, at.clip
        edge, width = self._clip_edge(view)
        self.theme.panel(surface, box, Glass(20 * u, (0, 0, 0), 1, 255, (0, 0, 0)))
        before = surface.get_clip()
        surface.set_clip(box.inflate(-round(8 * u), -round(8 * u)))
        if view.picture is not None:
            self.clip.picture(surface, box.inflate(-round(8 * u), -round(8 * u)), view.picture)
        elif view.joints is not None:
            self.clip.dancers(surface, at.dancers, view)
        surface.set_clip(before)
        self.theme.panel(surface, box, Glass(20 * u, edge, width * u, 0))
        self._played(surface, at, view)
        if view.sounding:
            self._sounding(surface, at, view.beat)
        self._cover(surface, at, view.colours)

    def _clip_edge(self, view: QuizView) -> tuple[Colour, float]:
        if view.phase == "buzzed":
            return self._turn(view)[1], 4.0
        if view.phase != "told":
            return dim(VIOLET, 0.9), 2.0
        if view.selected is None:
            return GOLD, 4.0
        return (MINT, 5.0) if view.selected == view.answer else (RED, 5.0)

    def _played(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u, replay = at.unit, at.replay
        bar = pygame.Rect(at.clip.left + round(22 * u), 0, 0, max(3, round(6 * u)))
        bar.width = replay.left - round(16 * u) - bar.left
        bar.centery = replay.centery
        share = view.played if math.isfinite(view.played) else 0.0
        self.theme.bar(surface, bar, share, MAGENTA)
        if view.phase == "told":
            return
        over = self._over == Target("replay")
        pygame.draw.aacircle(
            surface, (70, 40, 110) if over else (26, 18, 50), replay.center, replay.width / 2
        )
        ink = WHITE if over else SOFT
        put(surface, sign(self.theme, "again", replay.width * 0.62, ink), replay.center)

    def _sounding(self, surface: pygame.Surface, at: QuizLayout, beat: float) -> None:
        level = round(4 * beat_pulse(beat)) / 4
        u = at.unit
        centre = (at.clip.left + 42 * u, at.clip.top + 42 * u)
        self.theme.shine(surface, centre, 46 * u, dim(MAGENTA, 0.35 + 0.4 * level))
        put(surface, sign(self.theme, "music", (34 + 4 * level) * u, WHITE), centre)

    def _cover(
        self, surface: pygame.Surface, at: QuizLayout, colours: tuple[Colour, ...]
    ) -> None:
        """Draw the cover's colours in the clip's upper right corner, as a small striped cover."""
        if not colours:
            return
        u, shown = at.unit, colours[:8]
        box = pygame.Rect(0, 0, round(30 * u) * len(shown), round(44 * u))
        box.topright = (at.clip.right - round(18 * u), at.clip.top + round(18 * u))

        def make() -> pygame.Surface:
            stripes = pygame.Surface(box.size, pygame.SRCALPHA)
            pygame.draw.rect(stripes, WHITE, stripes.get_rect(), border_radius=round(9 * u))
            for number, colour in enumerate(shown):
                left = box.width * number // len(shown)
                right = box.width * (number + 1) // len(shown)
                strip = pygame.Rect(left, 0, right - left, box.height)
                stripes.fill((*colour, 255), strip, pygame.BLEND_RGBA_MULT)
            return stripes

        surface.blit(self.theme.kept(("cover", box.size, shown), make), box)
        self.theme.panel(surface, box, Glass(9 * u, WHITE, 1.4 * u, 0))

    # hints, choices, buttons

    def _ladder(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        coming, boxes = next_hint(view), at.hint_boxes(len(view.hints))
        labelled = self._labelled(boxes, view.hints, at.unit)
        over = self._over is not None and self._over.kind == "hint"
        for number, (box, hint) in enumerate(zip(boxes, view.hints, strict=True)):
            state = "taken" if hint.taken else "next" if number == coming else "later"
            if state == "next" and over:
                state = "over"
            sprite = self._step(box.size, (hint.name, state, labelled), at.unit)
            if hint.taken:
                self.theme.shine(surface, box.center, box.width * 0.6, dim(GOLD, 0.22))
            surface.blit(sprite, box)

    def _labelled(
        self, boxes: list[pygame.Rect], hints: tuple[HintView, ...], u: float
    ) -> bool:
        """Say whether all steps have room for their names: all are named, or none."""
        px = label_px(u)
        return all(
            self.theme.width(LABELS.get(hint.name, hint.name), px) <= box.width - 6
            and box.height > 3.2 * px
            for box, hint in zip(boxes, hints, strict=True)
        )

    def _step(
        self, size: tuple[int, int], what: tuple[str, str, bool], u: float
    ) -> pygame.Surface:
        return self.theme.kept(("step", size, what), lambda: self._painted_step(size, what, u))

    def _painted_step(
        self, size: tuple[int, int], what: tuple[str, str, bool], u: float
    ) -> pygame.Surface:
        name, state, labelled = what
        edge, shade, ink = STEP_LOOKS[state]
        page = pygame.Surface(size, pygame.SRCALPHA)
        self.theme.panel(page, page.get_rect(), Glass(12 * u, edge, 1.8 * u, 226, shade))
        room = page.get_rect().inflate(-4, -round(8 * u))
        if labelled:
            px = label_px(u)
            low = pygame.Rect(2, size[1] - round(px * 1.5), size[0] - 4, round(px * 1.3))
            self.theme.write(page, LABELS.get(name, name), low, Style(px, ink, "centre", 6))
            room.height = low.top - room.top
        side = min(room.height * 0.92, room.width * 0.5)
        keyed = state in ("next", "over")
        left = room.centerx - (side * 0.36 if keyed else 0)
        drawn = next((known for known in PAINTERS if known == name), None)
        if drawn is not None:
            put(page, sign(self.theme, drawn, side, ink), (left, float(room.centery)))
        if keyed:
            cap = pygame.Rect(round(left + side * 0.62), room.top, 0, room.height)
            cap.width = max(2, min(round(22 * u), size[0] - cap.left - 3))
            keycap(self.theme, page, cap, "H")
        return page

    def _choices(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        boxes = at.choice_boxes(len(view.choices))
        for number, (box, title) in enumerate(zip(boxes, view.choices, strict=True)):
            state = self._state(view, number)
            if state in ("right", "marked"):
                colour = MINT if state == "right" else MAGENTA
                left = (box.left + box.height * 0.5, float(box.centery))
                self.theme.shine(surface, left, box.height * 1.1, dim(colour, 0.5))
            surface.blit(self._choice(box.size, (number, title, state), at.unit), box)

    @staticmethod
    def _state(view: QuizView, number: int) -> str:
        if view.phase == "told":
            if number == view.answer:
                return "right"
            return "wrong" if number == view.selected else "passed"
        if number == view.selected:
            return "marked"
        if not answering(view):
            return "waiting"
        return "hovered" if number == view.hovered else "plain"

    def _choice(
        self, size: tuple[int, int], what: tuple[int, str, str], u: float
    ) -> pygame.Surface:
        return self.theme.kept(
            ("choice", size, what), lambda: self._painted_choice(size, what, u)
        )

    def _painted_choice(
        self, size: tuple[int, int], what: tuple[int, str, str], u: float
    ) -> pygame.Surface:
        number, title, state = what
        page = pygame.Surface(size, pygame.SRCALPHA)
        edge, shade, ink, width = CHOICE_LOOKS[state]
        high = size[1]
        self.theme.panel(
            page, page.get_rect(), Glass(min(16 * u, high * 0.4), edge, width * u, 232, shade)
        )
        radius = min(high * 0.40, 19 * u)
        middle = (high * 0.5 + 4 * u, high / 2)
        self._radio(page, middle, radius, (f"{number + 1}", state, edge))
        text = page.get_rect()
        text.left = round(middle[0] + radius + 14 * u)
        text.width = size[0] - text.left - round(16 * u)
        if state in ("right", "wrong"):
            side = min(high * 0.6, 34 * u)
            text.width -= round(side + 10 * u)
            mark = sign(self.theme, "tick" if state == "right" else "cross", side, edge)
            put(page, mark, (size[0] - 16 * u - side / 2, high / 2))
        px = min(27 * u, high * 0.56)
        paragraph(self.theme, page, title, text, Style(px, ink, "left", max(9.0, px * 0.62)))
        return page

    def _radio(
        self,
        page: pygame.Surface,
        at: tuple[float, float],
        radius: float,
        what: tuple[str, str, Colour],
    ) -> None:
        number, state, edge = what
        full = state in ("marked", "right", "wrong")
        pygame.draw.aacircle(page, edge, at, radius)
        if not full:
            pygame.draw.aacircle(page, (18, 12, 42), at, radius - max(1.5, radius * 0.12))
        face = pygame.Rect(0, 0, round(radius * 2), round(radius * 2))
        face.center = (round(at[0]), round(at[1]))
        ink = NIGHT if full else edge if state == "passed" else SOFT
        self.theme.write(page, number, face, Style(radius * 1.15, ink, "centre", 6))

    def _submit(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        over = self._over is not None and self._over.kind in ("submit", "next")
        if view.phase == "told":
            words = "Results" if view.number >= view.total else "Next question"
            look = ButtonFace(words, "Enter", CYAN, over=over)
        elif answering(view):
            look = ButtonFace("Submit", "Enter", MAGENTA, ready=self._ready(view), over=over)
        else:
            self._call(surface, at, view)
            return
        if look.ready:
            self.theme.shine(
                surface, at.submit.center, at.submit.width * 0.4, dim(look.colour, 0.35)
            )
        button(self.theme, surface, at.submit, look, at.unit)

    def _call(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        """Say that the players' keys come first."""
        keys = "  ·  ".join(_cap_words(player.key) for player in view.players if not player.out)
        words = f"Know it? Buzz:  {keys}"
        self.theme.write(surface, words, at.submit, Style(25 * at.unit, GOLD, "centre", 9))

    def _keys(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        listed = ALONE if len(view.players) < 2 else SEVERAL
        self.theme.keys(
            surface, at.keys, (TOLD if view.phase == "told" else listed) + self.hints
        )

    # motion

    def _flight(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        """Draw the points on their way from the choice to the score."""
        gone = (view.age_s - FLIGHT_AFTER_S) / FLIGHT_S
        boxes = at.choice_boxes(len(view.choices))
        chosen = view.selected if view.selected is not None else view.answer
        if view.phase != "told" or not view.points_earned or not 0 <= gone < 1:
            return
        if chosen is None or not 0 <= chosen < len(boxes):
            return
        start, end = boxes[chosen], self._score_box(at, view)
        eased = gone * gone * (3 - 2 * gone)
        left = start.right - 90 * at.unit
        x = left + (end.centerx - left) * gone**3  # upwards first: past the verdict's words
        y = start.centery + (end.centery - start.centery) * eased
        colour = MINT if view.points_earned > 0 else RED
        words = f"{view.points_earned:+d}".replace("-", "–")
        sprite = self.theme.sprite(words, 44 * at.unit, mix(colour, WHITE, 0.3))
        self.theme.shine(surface, (x, y), 70 * at.unit, dim(colour, 0.6))
        where = (x - sprite.get_width() / 2, y - sprite.get_height() / 2)
        blit_faded(surface, sprite, where, min(1.0, 4 * (1 - gone)))

    @staticmethod
    def _score_box(at: QuizLayout, view: QuizView) -> pygame.Rect:
        boxes = at.player_boxes(max(1, len(view.players)))
        if len(view.players) < 2:
            return pygame.Rect(boxes[0].topleft, (boxes[0].width // 2, boxes[0].height))
        whose = (box for box, player in zip(boxes, view.players, strict=True) if player.buzzing)
        return next(whose, at.players)


def _cap_words(key: str) -> str:
    """Return what stands on a key."""
    return SHORT_KEYS.get(key.casefold(), key.upper())


def _split(box: pygame.Rect, share: float) -> tuple[pygame.Rect, pygame.Rect]:
    high = round(box.height * share)
    return (
        pygame.Rect(box.left, box.top, box.width, high),
        pygame.Rect(box.left, box.top + high, box.width, box.height - high),
    )
