"""How often a dance will be looked at, known before it begins, and what makes it more often."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.names import LIGHTNING
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import (
    LEAST_LOOKS,
    LIGHTER,
    SLOW_LOOK_S,
    Cause,
    Health,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.ports import Camera, CameraState, HostClock
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.pose.watcher import Watcher

WATCHED_S: Final = 3.3  # a camera that seems slow: some begin slowly
TAKE_S: Final = 0.1
TRIES: Final = 3  # another program may have had its turn
SMALL: Final = (640, 480)
"""Of a camera's pictures, px: enough for a dancer's crop, and a third of the work."""
ENOUGH: Final = N_("From {looks} looks a second on every move is judged.")
DARK: Final = N_(
    "Turn on a light in front of you, for cameras slow down in the dark, or choose a "
    "smaller picture in its app."
)


def foreseen(state: CameraState, look_s: float) -> tuple[Health, ...]:
    """Return why a dance would be looked at too seldom; nothing where it is often enough.

    ``look_s`` is what the quickest look at a dancer takes.
    """
    reports, fps = [], state.fps
    if fps is not None and fps < LEAST_LOOKS:
        known = state.health.cause in (Cause.TOO_SLOW, Cause.SLOW_COMPUTER)
        sends = _("The camera sends only {fps:.2g} pictures a second.", fps=fps)
        reports.append(
            state.health if known else Health("camera", Cause.TOO_SLOW, sends, _(DARK))
        )
    if look_s > SLOW_LOOK_S:
        looks = _("This computer can look only {times:.2g} times a second.", times=1 / look_s)
        reports.append(Health("computer", Cause.SLOW_COMPUTER, looks, _(LIGHTER)))
    return worst_first(reports)


def watched_for(camera: Camera, clock: HostClock, go_on: Callable[[], None]) -> None:
    """Watch a camera that seems too slow until it is not, or that is certain; ``go_on`` may end it."""
    until_s = clock.now() + WATCHED_S
    for _look in range(round(WATCHED_S * LEAST_LOOKS + WATCHED_S / TAKE_S)):
        state = camera.state()
        unknown = state.fps is None and state.delivered is not None
        slow = state.fps is not None and state.fps < LEAST_LOOKS
        if not (unknown or slow) or clock.now() > until_s:
            return
        go_on()
        camera.newest(TAKE_S)


def look_s_of(watcher: Watcher, size: tuple[int, int] | None) -> float:
    """Return what the quickest look takes at best; where that seems too long, after more tries."""
    (width, height), best_s = size or SMALL, watcher.quickest_s
    for _try in range(TRIES):
        if best_s <= SLOW_LOOK_S:
            break
        watcher.warm_up(np.zeros((height, width, 3), np.uint8), watcher.quickest)
        best_s = min(best_s, watcher.quickest_s)
    return best_s


def lighter(settings: Settings) -> Settings | None:
    """Return settings with which more often is looked, less exactly; None: they are so already."""
    spared = replace(
        settings, network=LIGHTNING, thorough=False,
        camera_width=min(settings.camera_width, SMALL[0]),
        camera_height=min(settings.camera_height, SMALL[1]),
    )  # fmt: skip
    return None if spared == settings else spared


def seldom_in_words(reports: tuple[Health, ...], spared: Settings | None, key: str) -> str:
    """Return what is the matter and what helps, in paragraphs; ``key`` takes the ``spared`` ones."""
    if not reports:
        return _("All is well now. Begin whenever you like.")
    lines = [report.words for report in reports]
    if spared is not None:
        lines.append(
            _(
                "{key} takes the fastest network alone and smaller pictures: more looks, less exact "
                "ones. The set-up keeps that: Who looks at you.",
                key=key,
            )
        )
    return "\n\n".join([*lines, _(ENOUGH, looks=LEAST_LOOKS)])
