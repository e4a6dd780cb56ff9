"""Pages chosen from by a raised hand: what lies near where it points, and how it is shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

from kpopdance.realtime.pose.pointing import REST_S, RaisedHand, Rest
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.reach import ReachView, arrow_places, draw_reach
from kpopdance.realtime.screens.parts.theme import drawable, scale_of

if TYPE_CHECKING:
    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.pose.pointing import Pointing
    from kpopdance.realtime.screens.screen import Screen
    from kpopdance.realtime.shell.beside import Sighting
    from kpopdance.realtime.shell.pages import Page

    Px = tuple[float, float]

NEAR: Final = 46.0  # design units: what lies so near is meant
RINGS, SPOKES = 3, 8
"""So finely is looked round: a hand is no mouse."""
ARRIVES_S: Final = 0.05  # half-life of the ring's way to where a look saw the hand
STALE_S: Final = 1.5  # without a look, the ring goes
ARROWS: Final = {-1: "up", 1: "down"}


class Looker(Protocol):
    """Looks at who stands before a menu, with the camera and the networks of the game."""

    @property
    def sighting(self) -> Sighting | None:
        """The newest look; None while it does not look."""

    def look(self, *, wanted: bool) -> bool:
        """Look from now on, or no longer; return whether it does or is about to."""


class Reaching:
    """``step`` says in every frame what a raised hand chooses on a page.

    Attributes
    ----------
    at : (float, float) or None
        Px where the thing lies that the hand is on, or the hand itself; None: no hand is raised.
    wheel : int
        How far it goes along a list in this frame, up is positive.
    """

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self._hand, self._rest = RaisedHand(), Rest()
        self._looked_s = -math.inf
        self._pointing: Pointing | None = None
        self._drawn: Px | None = None
        self._drawn_s = 0.0
        self._view: ReachView | None = None
        self._page: Page | None = None
        self.wheel = 0
        self.at: Px | None = None

    def step(self, page: Page, now_s: float, size: tuple[int, int]) -> Target | None:
        """Return what is chosen now.

        Where the page watches itself, its looks are taken; where hands are not for choosing, none.
        """
        self.wheel = 0
        if page is not self._page:
            self._page = page
            self._rest.reset()  # who rests on something there has to come to it first
        looks = self._looker.look(wanted=page.hands == "menu")
        sighting = None
        if page.hands != "off":
            sighting = page.sighting if page.hands == "own" else self._looker.sighting
        if (
            sighting is None
            or now_s - sighting.frame.captured_s > STALE_S
            or not drawable(size)
        ):
            self._hand.reset()
            self._rest.reset()
            self._pointing = self._drawn = self.at = None
            self._view = ReachView() if looks and page.hands == "menu" else None
            return None
        fresh = sighting.frame.captured_s > self._looked_s
        if fresh:
            self._looked_s = sighting.frame.captured_s
            self._pointing = self._hand.step(sighting.pose, self._looked_s)
        chosen = self._reach(page, size) if fresh else None
        self._show(page, now_s, size, somebody=sighting.pose is not None)
        return chosen

    def _reach(self, page: Page, size: tuple[int, int]) -> Target | None:
        """Return what a hand that was just looked at chooses."""
        pointing = self._pointing
        if pointing is None:
            self.at = None
            self._rest.step(None, None)
            return None
        self.at = at = pointing.px(size)
        way = self._arrow(page, at, size)
        if way:
            if self._rest.step(ARROWS[way], pointing, again=True):
                self.wheel = -way
            return None
        kept = self._rest.on
        found = nearest(page.screen, at, size, kept if isinstance(kept, Target) else None)
        on, self.at = (None, at) if found is None else found
        return on if self._rest.step(on, pointing) else None

    @staticmethod
    def _arrow(page: Page, at: Px, size: tuple[int, int]) -> int:
        """Return which arrow lies there, -1 up, 1 down; 0: none."""
        if not page.by_hand:
            return 0
        places = zip(ARROWS, arrow_places(size), strict=True)
        return next((way for way, place in places if place.collidepoint(at)), 0)

    def _show(
        self, page: Page, now_s: float, size: tuple[int, int], *, somebody: bool
    ) -> None:  # fmt: skip
        pointing, rest = self._pointing, self._rest
        if pointing is None:
            self._drawn, self._view = None, ReachView(somebody=somebody)
            return
        wanted = pointing.px(size)
        keep = 0.0 if self._drawn is None else 0.5 ** ((now_s - self._drawn_s) / ARRIVES_S)
        before = self._drawn or wanted
        x, y = (to + keep * (at - to) for at, to in zip(before, wanted, strict=True))
        self._drawn, self._drawn_s = (x, y), now_s
        going = rest.on is not None and rest.since_s is not None
        share = min((now_s - (rest.since_s or 0.0)) / REST_S, 1.0) if going else 0.0
        pressed = next((way for way, name in ARROWS.items() if name == rest.on), 0)
        self._view = ReachView(
            self._drawn, share, rest.on is not None, somebody, page.by_hand, pressed
        )

    def draw(self, page: Page, surface: Surface) -> None:
        """Draw the hand over a page that is drawn."""
        if self._view is not None:
            draw_reach(page.screen.theme, surface, self._view)

    def end(self) -> None:
        """Look no longer."""
        self._looker.look(wanted=False)


def nearest(
    screen: Screen, at: Px, size: tuple[int, int], kept: Target | None = None
) -> tuple[Target, Px] | None:
    """Return what lies at a px or nearest to it, and where; ``kept`` where it is hardly farther."""
    found: tuple[Target, Px] | None = None
    for ring in range(RINGS + 1):
        for place in _around(at, NEAR * scale_of(size) * ring / RINGS):
            target = screen.at(place, size)
            if target is not None and target == kept:
                return target, place
            if target is not None and found is None:
                found = target, place
        if found is not None and ring > 0:
            return found
    return found


def _around(at: Px, radius: float) -> list[Px]:
    if radius == 0:
        return [at]
    turns = [2 * math.pi * spoke / SPOKES for spoke in range(SPOKES)]
    return [
        (at[0] + radius * math.cos(turn), at[1] + radius * math.sin(turn)) for turn in turns
    ]
