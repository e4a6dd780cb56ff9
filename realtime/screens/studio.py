"""The studio: a film with everybody in it, who they are, and a time line to correct it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.screens.actions import CHOOSE, Action, Target
from kpopdance.realtime.screens.parts.chips import Chip, chip_places, draw_chips
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.studio_film import (
    FilmPanel,
    colour_of,
    head_of,
    ink_on,
    pale,
    placed_in,
    shown_at,
    tag,
)
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    MINT,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)
from kpopdance.realtime.screens.parts.timeline import (
    GRIP,
    Timeline,
    rows_of,
    second_at,
    timeline_layout,
    x_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.studio_view import Field, MemberLine, StudioView

CHIPS: Final = (
    Chip("Space", "play", "pause"), Chip("← →", "picture", "right"), Chip("PgUp PgDn", "bar", "bar on"),
    Chip("↑ ↓", "who", "down"), Chip("Enter", "name", "write"), Chip("L", "lead", "lead"),
    Chip("S", "swap from here", "swap"), Chip("X", "cut", "cut"), Chip("J", "join", "join"),
    Chip("Del", "drop or keep", "drop"), Chip("T", "tap tempo", "tap"),
    Chip("B", "bar begins", "offset"), Chip("[", "section", "section"),
    Chip("]", "no section", "no section"), Chip("C", "chorus", "chorus"),
    Chip("M", "mirrored video", "mirror"), Chip("Tab", "title", "field"), Chip("+ -", "zoom", "closer"),
    Chip("Ctrl Z", "undo", "undo"), Chip("Ctrl Y", "redo", "redo"),
    Chip("Ctrl S", "save song", "save", edge=MINT), Chip("Esc", "songs", "back"),
)  # fmt: skip
WRITING_CHIPS: Final = (
    Chip("Enter", "done", "write"), Chip("Tab", "next", "field"), Chip("Esc", "as it was", "back"),
)  # fmt: skip
ASKING_CHIPS: Final = (Chip("↑ ↓", "the next one", "down"), Chip("Esc", "nobody", "back"))
ASKING: Final = {
    "swap": N_("Swap {who} from here on with whom?"),
    "join": N_("Who else is {who}?"),
}
FIELDS: Final = {"title": N_("Title"), "artist": N_("Artist")}
TAG: Final = 9.0
"""Longest tag at somebody's head, of its letters' size."""
ROW: Final = 42.0
"""Height of somebody's line, design units."""


@dataclass(frozen=True, slots=True)
class StudioLayout:
    """Where everything is, px."""

    heading: pygame.Rect
    film: pygame.Rect
    members: pygame.Rect
    timeline: pygame.Rect
    chips: pygame.Rect
    unit: float


def studio_layout(size: tuple[int, int], film: tuple[int, int]) -> StudioLayout:
    """Return the layout of a window and a film of a size: members beside the film, or below it.

    Beside a film that stands upright there is room for the time line too.
    """
    (width, height), u = size, scale_of(size)
    edge = 24 * u
    if is_wide(size) and film[0] < film[1]:
        foot = height - 78 * u
        low, line = foot - 10 * u, foot - 190 * u
        column = edge + min((low - 68 * u) * film[0] / film[1], 0.42 * width) + 14 * u
        return StudioLayout(
            heading=box(edge, 14 * u, width - edge, 60 * u),
            film=box(edge, 68 * u, column - 14 * u, low),
            members=box(column, 68 * u, width - edge, line - 12 * u),
            timeline=box(column, line, width - edge, low),
            chips=box(edge, foot, width - edge, height - 12 * u), unit=u,
        )  # fmt: skip
    if is_wide(size):
        foot = height - 78 * u
        line = foot - 160 * u
        wide = (line - 80 * u) * film[0] / film[1]
        column = min(edge + wide + 18 * u, width - edge - max(300 * u, 0.24 * width))
        return StudioLayout(
            heading=box(edge, 14 * u, width - edge, 60 * u),
            film=box(edge, 68 * u, column - 18 * u, line - 12 * u),
            members=box(column, 68 * u, width - edge, line - 12 * u),
            timeline=box(edge, line, width - edge, foot - 10 * u),
            chips=box(edge, foot, width - edge, height - 12 * u), unit=u,
        )  # fmt: skip
    film_low = 68 * u + min(0.42 * height, (width - 2 * edge) * film[1] / film[0])
    foot = height - 150 * u
    return StudioLayout(
        heading=box(edge, 14 * u, width - edge, 60 * u),
        film=box(edge, 68 * u, width - edge, film_low),
        members=box(edge, film_low + 12 * u, width - edge, foot - 186 * u),
        timeline=box(edge, foot - 176 * u, width - edge, foot - 10 * u),
        chips=box(edge, foot, width - edge, height - 12 * u), unit=u,
    )  # fmt: skip


class StudioScreen(Screen):
    """Draws a draft and names what keys and mouse mean on it."""

    meanings: ClassVar[Meanings] = {
        "space": "pause", "left": "left", "right": "right", "page up": "bar back",
        "page down": "bar on", "home": "begin", "end": "end", "up": "up", "down": "down",
        "return": "write", "tab": "field", "s": "swap", "x": "cut", "j": "join", "delete": "drop",
        "backspace": "drop", "l": "lead", "t": "tap", "b": "offset", "[": "section",
        "]": "no section", "c": "chorus", "m": "mirror", "ctrl z": "undo", "ctrl y": "redo",
        "ctrl shift z": "redo", "ctrl s": "save", "escape": "back", "+": "closer", "=": "closer",
        "-": "farther", **{str(number): each for number, each in enumerate(CHOOSE, 1)},
    }  # fmt: skip
    writing_meanings: ClassVar[Meanings] = {"return": "write", "tab": "field", "escape": "back"}

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._film, self._timeline = FilmPanel(self.theme), Timeline(self.theme)
        self._view: StudioView | None = None
        self._first_line = 0

    @property
    def writing(self) -> bool:
        """Whether something is being written, so that letters are letters."""
        return self._view is not None and self._view.writing is not None

    def field_box(self, field: Field, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return the box that a field is written into, px."""
        at = self._layout(size)
        row = at.heading
        if field == "name" and self._view is not None:
            row = self._row(at, self._view.chosen) or at.members
        return row.left, row.top, row.width, row.height

    def draw(self, surface: pygame.Surface, view: StudioView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        self._view = view
        if not drawable(size):
            return
        self.theme.fit(size)
        at = self._layout(size)
        surface.fill(NIGHT)
        self._heading(surface, at, view)
        self._picture(surface, at, view)
        self._members(surface, at, view)
        self._timeline.draw(surface, at.timeline, view, at.unit)
        chips = _chips(view)
        over = self._over.which if self._over and self._over.kind == "chip" else None
        draw_chips(self.theme, surface, chips, self._chip_places(at, chips), over)
        told = (view.notice,) if view.notice else ()
        draw_notices(
            self.theme,
            surface,
            at.film.inflate(-round(40 * at.unit), -round(24 * at.unit)),
            told,
            at.unit,
        )

    def second_at(self, position: Place, size: tuple[int, int]) -> float:
        """Return the song second that a px of the time line is at."""
        assert self._view is not None
        at = self._layout(size)
        return second_at(timeline_layout(at.timeline, at.unit), self._view, position[0])

    def _layout(self, size: tuple[int, int]) -> StudioLayout:
        return studio_layout(size, (16, 9) if self._view is None else self._view.film.size)

    def _chip_places(self, at: StudioLayout, chips: tuple[Chip, ...]) -> list[pygame.Rect]:
        return chip_places(self.theme, at.chips, chips, 28 * at.unit)

    def action_of(self, chip: int) -> Action:
        """Return what a click on a chip asks for."""
        assert self._view is not None
        return _chips(self._view)[chip].action

    # under the mouse

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        if self._view is None:
            return None
        view, at = self._view, self._layout(size)
        chips = _chips(view)
        for number, place in enumerate(self._chip_places(at, chips)):
            if place.collidepoint(position):
                return Target("chip", number)
        if at.timeline.collidepoint(position):
            return self._on_timeline(position, at, view)
        if at.heading.collidepoint(position):
            return Target("name", -1)
        return self._on_member(position, at, view)

    def _on_timeline(
        self, position: Place, at: StudioLayout, view: StudioView
    ) -> Target | None:
        line = timeline_layout(at.timeline, at.unit)
        if position[0] < line.names.right:
            return next(
                (Target("member", person) for person, row in rows_of(line, view.lines)
                 if row.top <= position[1] < row.bottom + 2), None,
            )  # fmt: skip
        near = abs(position[0] - x_of(line, view, view.tempo.offset_s)) <= GRIP * at.unit
        if near and line.ruler.collidepoint(position):
            return Target("first beat")
        return Target("moment", round(1000 * second_at(line, view, position[0])))

    def _on_member(self, position: Place, at: StudioLayout, view: StudioView) -> Target | None:
        for person in range(len(view.lines)):
            row = self._row(at, person)
            if row is not None and row.collidepoint(position):
                return Target(
                    "name" if person == view.chosen and not view.asks else "member", person
                )
        place = shown_at(at.film, view.film.size)
        if not place.collidepoint(position):
            return None
        near = [
            (abs(head[0] - position[0]) + abs(head[1] - position[1]) / 4, person)
            for person, joints in enumerate(view.film.joints)
            if (head := head_of(placed_in(joints, place, view.film.size))) is not None
        ]
        return (
            Target("member", min(near)[1]) if near and min(near)[0] < place.width / 6 else None
        )

    # drawing

    def _heading(self, surface: pygame.Surface, at: StudioLayout, view: StudioView) -> None:
        u, writing = at.unit, view.writing
        right = box(
            at.heading.right - 330 * u, at.heading.top, at.heading.right, at.heading.bottom
        )
        title, artist = view.title, view.artist
        if writing is not None and writing.field in ("title", "artist"):
            self._written(surface, at.heading.inflate(0, -round(4 * u)), view, at)
        else:
            room = box(at.heading.left, at.heading.top, right.left - 12 * u, at.heading.bottom)
            drawn = self.theme.neon(
                surface, title, room, Style(34 * u, WHITE, "left", 16 * u), MAGENTA
            )
            rest = box(drawn.right + 16 * u, room.top + 6 * u, room.right, room.bottom)
            self.theme.write(surface, artist, rest, Style(19 * u, SOFT, "left", 9 * u))
            ink = MINT if view.saved else GOLD
            self.theme.write(surface, view.status, right, Style(15 * u, ink, "right", 8 * u))

    def _picture(self, surface: pygame.Surface, at: StudioLayout, view: StudioView) -> None:
        colours = [_colour(line, person) for person, line in enumerate(view.lines)]
        self._film.draw(surface, at.film, view.film, colours)
        place = shown_at(at.film, view.film.size)
        clip = surface.get_clip()
        surface.set_clip(place)
        px = max(15 * at.unit, 8.0)
        for person, joints in enumerate(view.film.joints):
            head = head_of(placed_in(joints, place, view.film.size))
            if head is not None and person < len(view.lines):
                line = view.lines[person]
                words = f"{line.number} {line.name}" if line.name else str(line.number)
                size = px * (1.25 if person == view.chosen else 1.0)
                words = self.theme.shortened(words, size, TAG * size)
                top = max(head[1] - 0.7 * px, place.top + 1.8 * size)
                tag(self.theme, surface, (head[0], top), words, (size, _colour(line, person)))
        surface.set_clip(clip)
        if view.mirrored:
            self._mirrored(surface, place, at.unit)

    def _mirrored(self, surface: pygame.Surface, place: pygame.Rect, u: float) -> None:
        words = _("mirrored video")
        chip = box(0, 0, self.theme.width(words, 13 * u) + 20 * u, 24 * u)
        chip.bottomleft = (place.left + round(10 * u), place.bottom - round(10 * u))
        self.theme.panel(surface, chip, Glass(12 * u, CYAN, 1.2, 210, INK))
        self.theme.write(surface, words, chip, Style(13 * u, CYAN, "centre", 6))

    def _members(self, surface: pygame.Surface, at: StudioLayout, view: StudioView) -> None:
        u, pane = at.unit, at.members
        edge = GOLD if view.asks else dim(VIOLET, 0.6)
        self.theme.panel(
            surface, pane, Glass(16 * u, edge, 1.6 if view.asks else 1.2, 235, INK)
        )
        top = box(pane.left + 16 * u, pane.top + 8 * u, pane.right - 14 * u, pane.top + 40 * u)
        words, ink = self._members_heading(view)
        self.theme.write(surface, words, top, Style(17 * u, ink, "left", 8 * u))
        self._scroll(at, view)
        for person, line in enumerate(view.lines):
            row = self._row(at, person)
            if row is not None:
                self._member(surface, row, at, (view, line, person))

    def _members_heading(self, view: StudioView) -> tuple[str, Colour]:
        chosen = view.lines[view.chosen]
        if view.asks:
            return _(ASKING[view.asks], who=chosen.label), GOLD
        if view.taps:
            return _("Tap the beat: {taps}", taps=view.taps), GOLD
        members = sum(line.member for line in view.lines)
        others = len(view.lines) - members
        words = counted("{n} dancer", "{n} dancers", members)
        if others:
            words = _("{dancers}, {others} left out", dancers=words, others=others)
        return words, SOFT

    def _member(
        self, surface: pygame.Surface, row: pygame.Rect, at: StudioLayout,
        told: tuple[StudioView, MemberLine, int],
    ) -> None:  # fmt: skip
        (view, line, person), u = told, at.unit
        chosen, colour = person == view.chosen, _colour(line, person)
        if chosen:
            self.theme.panel(
                surface, row, Glass(11 * u, colour, 1.6, 220, mix(INK, colour, 0.2))
            )
        disc = (row.left + 20 * u, row.centery)
        pygame.draw.aacircle(surface, colour, disc, 12 * u)
        number = box(disc[0] - 12 * u, row.top, disc[0] + 12 * u, row.bottom)
        self.theme.write(
            surface, str(line.number), number, Style(14 * u, ink_on(colour), "centre", 6)
        )
        right = box(row.right - 66 * u, row.top, row.right - 12 * u, row.bottom)
        words = box(row.left + 42 * u, row.top, right.left, row.bottom)
        if chosen and view.writing is not None and view.writing.field == "name":
            self._written(
                surface,
                box(words.left - 4 * u, row.top + 3 * u, row.right - 6 * u, row.bottom - 3 * u),
                view,
                at,
            )
            return
        ink = (WHITE if chosen else SOFT) if line.member else FAINT
        style = Style(18 * u, ink, "left", 9 * u)
        if line.why:
            name, why = _halves(words)
            self.theme.write(surface, line.label, name, Style(15 * u, ink, "left", 8 * u))
            self.theme.write(surface, line.why, why, Style(12 * u, FAINT, "left", 6))
            return
        drawn = self.theme.write(surface, line.label, words, style)
        if line.lead:
            star = self.theme.star(8 * u, GOLD)
            surface.blit(star, (drawn.right + 8 * u, row.centery - star.get_height() / 2))
        seen = f"{100 * line.seen:.0f} %"
        self.theme.write(surface, seen, right, Style(13 * u, FAINT, "right", 6))

    def _written(
        self, surface: pygame.Surface, place: pygame.Rect, view: StudioView, at: StudioLayout
    ) -> None:
        """Draw a field while it is written into, with what an input method holds underlined."""
        writing, u = view.writing, at.unit
        assert writing is not None
        self.theme.panel(surface, place, Glass(9 * u, CYAN, 1.8, 245, (8, 20, 40)))
        px = min(place.height * 0.5, 22 * u)
        inner = place.inflate(-round(20 * u), 0)
        if writing.field != "name":
            told = self.theme.write(
                surface, _(FIELDS[writing.field]), inner, Style(0.7 * px, CYAN)
            )
            inner = box(told.right + 14 * u, inner.top, inner.right, inner.bottom)
        text = writing.text
        while text and self.theme.width(text + writing.composing, px) > inner.width - px:
            text = text[1:]
        if writing.fresh and text:
            self._selected(surface, inner, self.theme.width(text, px), px)
        drawn = self.theme.write(surface, text, inner, Style(px, WHITE, "left", px))
        held = box(drawn.right if text else inner.left, inner.top, inner.right, inner.bottom)
        shown = self.theme.write(surface, writing.composing, held, Style(px, CYAN, "left", px))
        ends = shown.right if writing.composing else held.left
        if writing.composing:
            low = inner.centery + round(0.62 * px)
            pygame.draw.line(surface, CYAN, (held.left, low), (ends, low), max(1, round(2 * u)))
        caret = pygame.Rect(
            ends + 2, inner.centery - round(0.6 * px), max(1, round(2 * u)), round(1.2 * px)
        )
        surface.fill(CYAN, caret)

    def _selected(
        self, surface: pygame.Surface, inner: pygame.Rect, wide: int, px: float
    ) -> None:
        """Draw that what is typed takes the place of what is there."""
        place = pygame.Rect(inner.left - 3, 0, wide + 6, round(1.5 * px))
        place.centery = inner.centery
        pygame.draw.rect(surface, mix(INK, CYAN, 0.4), place, border_radius=4)

    # the list of members, which scrolls to the chosen one

    def _rows_that_fit(self, at: StudioLayout) -> int:
        return max(1, int((at.members.height - 50 * at.unit) // (ROW * at.unit)))

    def _scroll(self, at: StudioLayout, view: StudioView) -> None:
        fit = self._rows_that_fit(at)
        first = min(self._first_line, view.chosen, max(0, len(view.lines) - fit))
        self._first_line = max(first, view.chosen - fit + 1, 0)

    def _row(self, at: StudioLayout, person: int) -> pygame.Rect | None:
        number = person - self._first_line
        if not 0 <= number < self._rows_that_fit(at):
            return None
        u, pane = at.unit, at.members
        top = pane.top + (42 + number * ROW) * u
        return box(pane.left + 8 * u, top, pane.right - 8 * u, top + (ROW - 5) * u)


def _chips(view: StudioView) -> tuple[Chip, ...]:
    """Return the keys that mean something now."""
    if view.writing is not None:
        return WRITING_CHIPS
    return ASKING_CHIPS if view.asks else CHIPS


def _colour(line: MemberLine, person: int) -> Colour:
    return colour_of(person) if line.member else pale(colour_of(person))


def _halves(words: pygame.Rect) -> tuple[pygame.Rect, pygame.Rect]:
    half = words.height * 0.5
    return (
        box(words.left, words.top, words.right, words.top + half),
        box(words.left, words.top + half, words.right, words.bottom),
    )
