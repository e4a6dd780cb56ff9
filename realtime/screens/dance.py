"""The dance: coach on the stage, the player in the mirror, the judgement, what comes next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.dance_layout import LOOK_AHEAD_S, dance_layout
from kpopdance.realtime.screens.parts.backdrop import lights_of
from kpopdance.realtime.screens.parts.figure import pictogram
from kpopdance.realtime.screens.parts.film import FilmPanel
from kpopdance.realtime.screens.parts.ghost import draw_beside
from kpopdance.realtime.screens.parts.mirror import MirrorPanel
from kpopdance.realtime.screens.parts.notices import draw_notices, mending, notices_height
from kpopdance.realtime.screens.parts.theme import (
    ADD,
    CYAN,
    FAINT,
    GOLD,
    GRADE_COLOUR,
    MAGENTA,
    MINT,
    NIGHT,
    SOFT,
    STAR_EMPTY,
    VIOLET,
    WHITE,
    Glass,
    Style,
    blit_faded,
    blurred,
    clock_words,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)
from kpopdance.realtime.screens.parts.troupe import Troupe, accent_wrist
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.screens.dance_layout import DanceLayout
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Align, Colour, Hints
    from kpopdance.realtime.screens.view import DanceView, Upcoming

    Alone = Callable[[pygame.Surface], None]

Layout = TypeVar("Layout")

PASSED_S: Final = 0.35
"""How long it is still seen after."""
ON_TIME_S: Final = 0.04
"""A smaller lag is called on time."""
POP_S: Final = 0.16
"""How long a judgement takes to spring into place."""
HOLD_S, FADE_S = 1.0, 0.6
COUNTED_DOWN: Final = 3
"""Numbers before the next song of a medley."""
KEYS: Final[Hints] = (
    ("Space", N_("pause")),
    ("M", N_("mirror")),
    ("N", N_("next dancer")),
    ("F11", N_("full screen")),
)
FILM_KEYS: Final[Hints] = (*KEYS[:2], ("V", N_("coach")), ("G", N_("everybody")), *KEYS[2:])
LOADING_KEYS: Final[Hints] = (("C", N_("another camera")), ("Esc", N_("back")))
PAUSE_KEYS: Final[Hints] = (
    ("Space", N_("go on")),
    ("P", N_("practise here")),
    ("R", N_("start again")),
    ("C", N_("another camera")),
    ("F1", N_("set up")),
    ("Esc", N_("back to the songs")),
)


def lag_words(lag_s: float) -> str:
    """Return how far off the beat a move was, in words."""
    if abs(lag_s) < ON_TIME_S:
        return _("on time")
    ms = abs(lag_s) * 1000
    return _("{ms:.0f} ms late", ms=ms) if lag_s > 0 else _("{ms:.0f} ms early", ms=ms)


def count_in_word(beat: float) -> str:
    """Return what the count-in shows at a negative beat: 5 6 7 8, words before them."""
    left = math.ceil(-beat)
    if left <= 0:
        return ""
    return str(9 - left) if left <= 4 else _("GET READY")


class DanceScreen(Screen):
    """Draws a :class:`~kpopdance.realtime.screens.view.DanceView`; one per dance."""

    meanings: ClassVar[Meanings] = {
        "space": "pause", "p": "practise", "return": "pause",
        "m": "mirror", "n": "another", "escape": "back", "r": "again", "c": "camera",
        "v": "coach", "g": "everybody", "f1": "setup",
    }  # fmt: skip
    pause_keys: ClassVar[Hints] = PAUSE_KEYS

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self.troupe = Troupe(backdrop.theme)
        self.film = FilmPanel(backdrop.theme)
        self.mirror = MirrorPanel(backdrop.theme)

    def draw(
        self, surface: pygame.Surface, view: DanceView, alone: Alone | None = None
    ) -> None:
        """Draw one frame; ``alone`` gets the stage as it is without keys, pause page and notices."""
        if not drawable(surface.get_size()):
            return
        plain, at = (self._layout(surface.get_size(), told) for told in ((), view.told))

        def stage(at: DanceLayout) -> None:
            self._behind(surface, plain, view)
            self._stage(surface, at, view)
            self._head(surface, at, view)
            self.mirror.draw(surface, at.camera, view)
            self._lane(surface, at, view)
            self._score(surface, at, view)
            self._verdict(surface, at, view)
            self._called(surface, at, view)

        self._staged(surface, (plain, at), stage, alone)
        self._foot(surface, at, view)
        self._overlay(surface, at, view)
        draw_notices(self.theme, surface, at.banner, view.told, at.unit)

    @staticmethod
    def _staged(
        surface: pygame.Surface, layouts: tuple[Layout, Layout], stage: Callable[[Layout], None],
        alone: Alone | None,
    ) -> None:  # fmt: skip
        """Draw the stage; ``layouts`` are without and with the notices that there are."""
        plain, at = layouts
        if alone is not None and at != plain:
            stage(plain)
            alone(surface)
        stage(at)
        if alone is not None and at == plain:
            alone(surface)

    def _behind(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Draw what is behind the stage; the same with notices, since it takes long to build."""
        horizon = round(at.coach.top + at.coach.height * 0.80)
        lights = lights_of(view.colours)
        self.backdrop.draw(
            surface, view.beat, centre_x=at.coach.centerx, horizon_y=horizon, lights=lights
        )
        self.backdrop.rise(surface, view.beat, horizon, view.lift)
        self.backdrop.crowd(surface, view.beat)
        self.troupe.stage(view.clothes, lights)

    def _stage(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        placed = None
        if view.film is None:
            placed = self.troupe.draw(
                surface, at.coach, view.coach, lead=view.lead, at_s=view.song_s,
                mirror=view.mirror,
            )  # fmt: skip
        else:
            self.film.draw(surface, at.coach, view.film, view)
        draw_beside(self.theme, surface, at.coach, view, placed, at.unit)

    def _layout(self, size: tuple[int, int], told: tuple[str, ...]) -> DanceLayout:
        return dance_layout(size, notices_height(self.theme, told, size, scale_of(size)))

    def _head(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        u = at.unit
        px = 30 * u
        title, _ = self.theme.fitted(view.title, Style(px, least=px), at.title.width * 0.68)
        drawn = self.theme.write(surface, title, at.title, Style(px, least=px))
        rest = pygame.Rect(drawn.right + round(16 * u), at.title.top, 0, at.title.height)
        rest.width = max(0, at.title.right - rest.left)
        self.theme.write(surface, view.artist, rest, Style(20 * u, SOFT, least=20 * u))
        words = f"{clock_words(view.song_s)} / {clock_words(view.length_s)}"
        self.theme.write(surface, words, at.clock, Style(20 * u, SOFT, "right"))
        share = view.song_s / view.length_s if view.length_s > 0 else 0.0
        self.theme.bar(surface, at.progress, share, MAGENTA)
        x = at.progress.left + at.progress.width * min(max(share, 0.0), 1.0)
        self.theme.shine(surface, (x, at.progress.centery), 15 * u, MAGENTA)

    def _score(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        u, box = at.unit, at.score
        behind = box.union(at.verdict).inflate(round(20 * u), 0)
        self.theme.panel(surface, behind, Glass(22 * u, NIGHT, 0.5, 112, NIGHT))
        stars = pygame.Rect(box.left, box.top, round(box.width * 0.58), round(36 * u))
        self._stars(surface, stars, view.stars)
        number = pygame.Rect(box.left, stars.bottom, stars.width, box.bottom - stars.bottom)
        px = min(92 * u, number.height * 0.86)
        style = Style(px, WHITE, least=1)
        drawn = self.theme.neon(surface, f"{view.score:.1f}", number, style, dim(VIOLET, 0.9))
        if view.combo < 2:
            return
        left = max(drawn.right, stars.right) + round(18 * u)
        side = pygame.Rect(left, box.top, 0, box.height)
        side.width = max(0, box.right - side.left)
        heat = round(4 * min(1.0, view.combo / 20)) / 4
        colour = mix(MAGENTA, GOLD, heat)
        top = pygame.Rect(
            side.left,
            side.top + round(side.height * 0.12),
            side.width,
            round(side.height * 0.5),
        )
        low = pygame.Rect(side.left, top.bottom, side.width, round(side.height * 0.26))
        style = Style(46 * u, WHITE, least=1)
        self.theme.neon(surface, f"×{view.combo}", top, style, dim(colour, 0.9))
        self.theme.write(surface, _("COMBO"), low, Style(15 * u, colour))

    def _stars(self, surface: pygame.Surface, box: pygame.Rect, filled: float) -> None:
        """Draw five stars, filled from the left."""
        radius, pitch = box.height * 0.5, min(box.height * 1.2, box.width / 5)
        for number in range(5):
            x, y = box.left + radius + number * pitch, box.centery
            empty = self.theme.star(radius, STAR_EMPTY)
            corner = (x - empty.get_width() / 2, y - empty.get_height() / 2)
            surface.blit(empty, corner)
            share = min(max(filled - number, 0.0), 1.0)
            if share == 1.0:
                self.theme.shine(surface, (x, y), radius * 1.8, dim(GOLD, 0.35))
            if share > 0:
                star = self.theme.star(radius, GOLD)
                part = (0, 0, round(star.get_width() * share), star.get_height())
                surface.blit(star, corner, part)

    def _verdict(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        verdict, age_s = view.verdict, view.verdict_age_s
        if verdict is None or not 0 <= age_s < HOLD_S + FADE_S:
            return
        fade = min(1.0, (HOLD_S + FADE_S - age_s) / FADE_S)
        colour = GRADE_COLOUR[verdict.grade] if verdict.judged else FAINT
        sprite = self._verdict_sprite(at, verdict, colour)
        spring = 1.0 + 0.32 * max(0.0, 1 - age_s / POP_S) ** 2 * (not self.theme.calm)
        centre = (at.verdict.left + at.verdict.width / 2, at.verdict.centery)
        glow = round(6 * fade) / 6
        self.theme.shine(surface, centre, at.verdict.height * 1.3, dim(colour, 0.42 * glow))
        if spring > 1.01:
            size = (round(sprite.get_width() * spring), round(sprite.get_height() * spring))
            sprite = pygame.transform.smoothscale(sprite, size)
        elif fade == 1.0:
            self._verdict_halo(surface, at, sprite)
        where = (centre[0] - sprite.get_width() / 2, centre[1] - sprite.get_height() / 2)
        blit_faded(surface, sprite, where, fade)

    def _verdict_halo(
        self, surface: pygame.Surface, at: DanceLayout, card: pygame.Surface
    ) -> None:
        reach = round(24 * at.unit)

        def make() -> pygame.Surface:
            black = pygame.Surface(
                (card.get_width() + 2 * reach, card.get_height() + 2 * reach)
            )
            black.blit(card, (reach, reach))
            return blurred(black, reach * 0.7)

        halo = self.theme.kept(("verdict halo", card), make)
        where = at.verdict.move(-reach, -reach)
        surface.blit(halo, where, special_flags=ADD)

    def _verdict_sprite(
        self, at: DanceLayout, verdict: Verdict, colour: Colour
    ) -> pygame.Surface:
        words = verdict.why or lag_words(verdict.lag_s)
        if not verdict.judged:
            words = _(verdict.why).partition(": ")[2]
        title = verdict.grade if verdict.judged else _("NOT JUDGED")
        key = ("verdict", at.verdict.size, title, words)
        return self.theme.kept(key, lambda: self._verdict_card(at, title, words, colour))

    def _verdict_card(
        self, at: DanceLayout, title: str, words: str, colour: Colour
    ) -> pygame.Surface:
        card = pygame.Surface(at.verdict.size, pygame.SRCALPHA)
        card.fill((*colour, 0))
        high = at.verdict.height
        big = pygame.Rect(0, 0, at.verdict.width, round(high * 0.66))
        small = pygame.Rect(0, big.bottom, at.verdict.width, high - big.height)
        for dx, dy in ((0, 3), (2, 2), (-2, 2)):
            shadow = big.move(round(dx * at.unit), round(dy * at.unit)).clip(card.get_rect())
            self.theme.write(
                card, title, shadow, Style(70 * at.unit, dim(colour, 0.25), "centre")
            )
        self.theme.write(
            card, title, big, Style(70 * at.unit, mix(colour, WHITE, 0.12), "centre")
        )
        self.theme.write(card, words, small, Style(24 * at.unit, WHITE, "centre"))
        return card

    def _lane(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        lane, u = at.lane, at.unit
        self.theme.panel(surface, lane, Glass(20 * u, dim(VIOLET, 0.9), 1.5, 150))
        clip = surface.get_clip()
        surface.set_clip(lane.inflate(-4, -4))
        side = round(lane.height * 0.90)
        near = 0.0
        for pose in reversed(view.upcoming):
            ahead_s = pose.at_s - view.song_s
            if -PASSED_S <= ahead_s <= LOOK_AHEAD_S:
                self._pictogram(
                    surface, at, pose, ahead_s=ahead_s, side=side, mirror=view.mirror
                )
                near = max(near, 1 - abs(ahead_s) / 0.18)
        surface.set_clip(clip)
        self._now(surface, at, near)

    def _pictogram(
        self,
        surface: pygame.Surface,
        at: DanceLayout,
        pose: Upcoming,
        *,
        ahead_s: float,
        side: int,
        mirror: bool,
    ) -> None:
        def make() -> pygame.Surface:
            joints = body.mirrored(pose.joints, 0.0) if mirror else pose.joints
            return pictogram(joints, side, accent_wrist(mirror))

        sprite = self.theme.kept(("pictogram", pose.at_s, side, mirror, _sum(pose)), make)
        left = at.lane_x(ahead_s) - side / 2
        fade = min(1.0, (LOOK_AHEAD_S - ahead_s) / 0.5)
        if ahead_s < 0:
            fade = max(0.0, 1 + ahead_s / PASSED_S)
        blit_faded(surface, sprite, (round(left), at.lane.centery - side // 2), fade)

    def _now(self, surface: pygame.Surface, at: DanceLayout, near: float) -> None:
        lane, u = at.lane, at.unit
        frame = pygame.Rect(0, 0, round(lane.height * 0.98), lane.height)
        frame.center = (at.now_x, lane.centery)
        level = round(4 * max(0.0, near)) / 4
        self.theme.panel(surface, frame, Glass(18 * u, mix(CYAN, WHITE, level), 3.0 * u, 0))
        self.theme.shine(
            surface, frame.center, lane.height * 0.75, dim(CYAN, 0.16 + 0.34 * level)
        )

    def _foot(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        keys = FILM_KEYS if view.has_film else KEYS
        self.theme.keys(surface, at.keys, mending(view.health) + keys)
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        style = Style(12.5 * at.unit, FAINT, align, 9)
        self.theme.write_parts(surface, view.status, at.status, style)

    def _overlay(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Draw what hides the stage."""
        if view.phase == "loading":
            self._curtain(surface)
            self._loading(surface, at, view)
        elif view.phase == "paused":
            self._curtain(surface)
            self._paused(surface, at)

    def _called(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Draw what is called out on the stage."""
        if view.phase == "count-in":
            self._count_in(surface, at, -view.counts)
        elif view.phase == "next song":
            self._next_song(surface, at, view)
        elif view.phase == "finished":
            self._big(surface, at.middle, _("FINISH!"), 110 * at.unit, GOLD)

    @staticmethod
    def _curtain(surface: pygame.Surface) -> None:
        surface.fill((72, 62, 104), special_flags=pygame.BLEND_RGB_MULT)

    def _big(
        self, surface: pygame.Surface, box: pygame.Rect, text: str, px: float, glow: Colour
    ) -> None:
        self.theme.neon(surface, text, box, Style(px, WHITE, "centre"), glow)

    def _next_song(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        """Draw on the stage what comes, and three, two, one below it."""
        u, stage = at.unit, at.coach
        box = pygame.Rect(0, 0, round(0.92 * stage.width), round(0.46 * stage.height))
        box.midtop = (stage.centerx, stage.top + round(0.06 * stage.height))
        self.theme.panel(surface, box, Glass(28 * u, VIOLET, 2.0, 190, NIGHT))
        row = box.inflate(-round(48 * u), 0)
        row.height = round(0.3 * box.height)
        self.theme.write(surface, _("NEXT"), row, Style(26 * u, CYAN, "centre"))
        row.top, row.height = row.bottom, round(0.38 * box.height)
        self._big(surface, row, view.title, 54 * u, MAGENTA)
        row.top, row.height = row.bottom, round(0.24 * box.height)
        self.theme.write(surface, view.artist, row, Style(24 * u, SOFT, "centre", 13 * u))
        left = math.ceil(view.counts)
        if 0 < left <= COUNTED_DOWN:
            middle = (stage.centerx, (box.bottom + stage.bottom) // 2)
            self._number(surface, at, -view.counts, str(left), middle)

    def _count_in(self, surface: pygame.Surface, at: DanceLayout, beat: float) -> None:
        word = count_in_word(beat)
        if not word:
            return
        if len(word) > 1:
            above = pygame.Rect(
                at.coach.topleft, (at.coach.width, round(at.coach.height * 0.16))
            )
            self._big(surface, above, word, 60 * at.unit, MAGENTA)
            return
        beside = (at.coach.right - round(102 * at.unit), at.coach.centery)
        self._number(surface, at, beat, word, beside)  # the coach's first pose is to be seen

    def _number(
        self, surface: pygame.Surface, at: DanceLayout, beat: float, word: str,
        middle: tuple[int, int],
    ) -> None:  # fmt: skip
        gone = beat - math.floor(beat)
        px = at.unit * (150 + 12 * round(4 * max(0.0, 1 - gone * 5)))
        colour = (MINT, VIOLET, CYAN, MAGENTA)[int(beat) % 4]
        disc = pygame.Rect(0, 0, round(180 * at.unit), round(180 * at.unit))
        disc.center = middle
        look = Glass(disc.width / 2, colour, 3.0 * at.unit, 150, NIGHT)
        self.theme.panel(surface, disc, look)
        self._big(surface, disc, word, px, colour)

    def _paused(self, surface: pygame.Surface, at: DanceLayout) -> None:
        u, box = at.unit, at.middle
        self.theme.panel(surface, box, Glass(32 * u, VIOLET, 2.0, 214, NIGHT))
        title = pygame.Rect(
            box.left, box.top + box.height // 8, box.width, round(box.height * 0.34)
        )
        self._big(surface, title, _("PAUSED"), 92 * u, MAGENTA)
        row = pygame.Rect(0, 0, 0, round(46 * u))
        total = self._keys_width(row.height, self.pause_keys)
        row.width = min(total, box.width - round(24 * u))
        row.center = (box.centerx, box.top + round(box.height * 0.70))
        if total <= row.width:
            self.theme.keys(surface, row, self.pause_keys)
            return
        columns = 2 if len(self.pause_keys) > 3 else 1
        rows = math.ceil(len(self.pause_keys) / columns)
        for number, hint in enumerate(self.pause_keys):
            line = pygame.Rect(0, 0, self._keys_width(round(36 * u), (hint,)), round(36 * u))
            down, across = (number // columns + 0.5) / rows, (number % columns + 0.5) / columns
            line.center = (
                box.left + round(box.width * across), box.top + round(box.height * (0.49 + 0.42 * down))
            )  # fmt: skip
            self.theme.keys(surface, line, (hint,))

    def _keys_width(self, high: int, hints: Hints) -> int:
        px = high * 0.5
        words = sum(
            self.theme.width(k, px * 0.92) + self.theme.width(_(m), px) for k, m in hints
        )
        return round(words + len(hints) * (3 * round(px * 0.5) + round(px * 1.3))) + 4

    def _loading(self, surface: pygame.Surface, at: DanceLayout, view: DanceView) -> None:
        u, box = at.unit, at.middle
        self.theme.panel(surface, box, Glass(32 * u, VIOLET, 2.0, 214, NIGHT))
        inner = box.inflate(-round(64 * u), 0)
        title = pygame.Rect(inner.left, box.top + box.height // 5, inner.width, round(70 * u))
        self.theme.write(surface, view.title, title, Style(50 * u, WHITE, "centre", 24 * u))
        words = pygame.Rect(
            inner.left, title.bottom + round(12 * u), inner.width, round(44 * u)
        )
        self.theme.write(surface, view.message, words, Style(24 * u, SOFT, "centre", 13 * u))
        bar = pygame.Rect(0, 0, round(inner.width * 0.6), max(4, round(8 * u)))
        bar.midtop = (box.centerx, words.bottom + round(14 * u))
        if 0 < view.loaded < 1:
            self.theme.bar(surface, bar, view.loaded, CYAN)
        row = pygame.Rect(inner.left, box.bottom + round(12 * u), inner.width, round(30 * u))
        row.width = self._keys_width(row.height, LOADING_KEYS)
        row.centerx = box.centerx
        self.theme.keys(surface, row, LOADING_KEYS)
        for dot in range(3):
            bright = 0.35 + 0.65 * max(0.0, math.sin(math.pi * view.beat - dot * 0.7))
            at_dot = (box.centerx + (dot - 1) * 44 * u, box.bottom - box.height * 0.2)
            self.theme.shine(
                surface, at_dot, 24 * u, dim((MAGENTA, VIOLET, CYAN)[dot], round(bright, 1))
            )


def _sum(pose: Upcoming) -> bytes:
    return pose.joints[: body.L_HIP, 0].tobytes()
