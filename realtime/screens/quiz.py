"""The quiz: a dancing figure on black, a question, titles to choose from, hints, time, points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import BUZZ, CHOOSE, ENTER, Target
from kpopdance.realtime.screens.parts.backdrop import beat_pulse
from kpopdance.realtime.screens.parts.heading import draw_leave, draw_title
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.signs import ButtonFace, button, paragraph, ring
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MAGENTA,
    MINT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Style,
    blit_faded,
    dim,
    drawable,
    mix,
)
from kpopdance.realtime.screens.quiz_choices import Choices, answering
from kpopdance.realtime.screens.quiz_clip import ClipPanel
from kpopdance.realtime.screens.quiz_ladder import Ladder, next_hint
from kpopdance.realtime.screens.quiz_layout import QuizLayout, box_between, quiz_layout, split
from kpopdance.realtime.screens.quiz_players import PlayersPanel, cap_words, score_box, turn
from kpopdance.realtime.screens.screen import Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour, Hints
    from kpopdance.realtime.screens.quiz_view import QuizView

TITLE: Final = (N_("Guess"), N_("That Song!"))
QUESTION: Final = N_("What song is the figure dancing?")
ALONE: Final[Hints] = (
    ("↑ ↓", N_("choose")), ("Enter", N_("submit")), ("H", N_("hint")), ("Space", N_("clip again")),
    ("Esc", N_("leave")), ("M", N_("mute")),
)  # fmt: skip
SEVERAL: Final[Hints] = (
    ("1-4", N_("answer")), ("H", N_("hint")), ("Space", N_("clip again")),
    ("Esc", N_("leave")), ("M", N_("mute")),
)  # fmt: skip
TOLD: Final[Hints] = (("Enter", N_("next")), ("Esc", N_("leave")))
LAST_QUARTER: Final = 0.25
"""Of the time: then it is red."""
FLIGHT_S, FLIGHT_AFTER_S, POP_S = 0.75, 0.25, 0.16


def time_colour(share: float) -> Colour:
    """Return the colour of the time left: red in the last quarter."""
    if share <= LAST_QUARTER:
        return RED
    return GOLD if share <= 2 * LAST_QUARTER else CYAN


class QuizScreen(Screen):
    """Draws a :class:`~kpopdance.realtime.screens.quiz_view.QuizView`.

    What keys mean and what lies under the mouse follows the view drawn last.
    """

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._clip = ClipPanel(self.theme)
        self._players, self._ladder = PlayersPanel(self.theme), Ladder(self.theme)
        self._choices = Choices(self.theme)
        self._view: QuizView | None = None

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

    def _under(self, position: tuple[float, float], size: tuple[int, int]) -> Target | None:
        view = self._view
        if view is None:
            return None
        at = quiz_layout(size)
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

    def draw(self, surface: pygame.Surface, view: QuizView) -> None:
        """Draw one frame."""
        self._view = view
        if not drawable(surface.get_size()):
            return
        at = quiz_layout(surface.get_size())
        horizon = round(surface.get_height() * 0.66)
        self.backdrop.draw(surface, view.beat, centre_x=at.clip.centerx, horizon_y=horizon)
        surface.fill((104, 96, 130), special_flags=pygame.BLEND_RGB_MULT)
        self._head(surface, at, view)
        self._players.draw(surface, at, view)
        if view.phase == "told":
            self._verdict(surface, at, view)
        else:
            self._question(surface, at, view)
        self._clip.draw(surface, at, view, self._over)
        self._ladder.draw(surface, at, view, self._over)
        self._choices.draw(surface, at, view)
        self._submit(surface, at, view)
        self._keys(surface, at, view)
        self._flight(surface, at, view)
        draw_notices(self.theme, surface, at.banner, view.notices, at.unit)

    # the head

    def _head(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u = at.unit
        draw_title(self.theme, surface, at.title, TITLE, u)
        words = _("{which} of {of}", which=view.number, of=view.total)
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
            segment = box_between(left, box.top, left + wide, box.bottom)
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

    # the question, or what became of it

    def _question(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        u = at.unit
        timed = math.isfinite(view.limit_s) and view.limit_s > 0
        box = at.question if timed else at.question.union(at.timer)
        if timed:
            self._timer(surface, at, view)
        if view.phase != "buzzed":
            paragraph(self.theme, surface, _(QUESTION), box, Style(34 * u, WHITE, "left", 10))
            return
        name, colour = turn(view)
        top, low = split(box, 0.62)
        style = Style(50 * u, WHITE, "left", 10)
        self.theme.neon(surface, f"{name}!", top, style, dim(colour, 0.9))
        words = _("which song?  press 1-{last}", last=len(view.choices))
        self.theme.write(surface, words, low, Style(21 * u, colour, "left", 8))

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
        words, colour = (_("Correct!"), MINT) if right else (_("Wrong!"), RED)
        if view.selected is None:
            words, colour = _("Time is up!"), GOLD
        name = turn(view)[0]
        top, low = split(box, 0.62)
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
            points = f"{view.points_earned:+d}".replace("-", "–")
            said.append(_("{points} points", points=points))
        if not right and view.answer is not None and 0 <= view.answer < len(view.choices):
            said.append(_("it is {song}", song=view.choices[view.answer]))
        line = "  ·  ".join(said)
        self.theme.write(surface, line, low, Style(22 * u, WHITE, "left", 13 * u))

    def _submit(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        over = self._over is not None and self._over.kind in ("submit", "next")
        if view.phase == "told":
            words = _("Results") if view.number >= view.total else _("Next question")
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
        caps = [cap_words(player.key, self.theme) for player in view.players if not player.out]
        keys = "  ·  ".join(caps)
        words = _("Know it? Buzz:  {keys}", keys=keys)
        self.theme.write(surface, words, at.submit, Style(25 * at.unit, GOLD, "centre", 9))

    def _keys(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        listed = ALONE if len(view.players) < 2 else SEVERAL
        self.theme.keys(surface, at.keys, TOLD if view.phase == "told" else listed)

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
        start, end = boxes[chosen], score_box(at, view)
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
