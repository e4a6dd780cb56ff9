"""A whole song danced without a window."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.dance.performance import Outcome, Performance
    from kpopdance.realtime.screens.view import DanceView

TICK_S: Final = 1 / 60
STANDSTILL_S: Final = 30.0  # nobody sees that the sound is lost: give up


def dance_unseen(
    performance: Performance, on_view: Callable[[DanceView], None] = lambda _: None
) -> Outcome:
    """Dance a whole song without a window; ``on_view`` sees what a window would show."""
    session, clock = performance.session, performance.kit.clock
    pace = threading.Event()
    moved_s, last_s = clock.now(), -np.inf
    try:
        performance.begin()
        while session.tick():
            now, song_s = clock.now(), session.song_now()
            if song_s > last_s:
                moved_s, last_s = now, song_s
            elif now - moved_s > STANDSTILL_S:
                raise DanceError(
                    _(
                        "the song has stood still for {s:.0f} s ({why}); check the sound device",
                        s=STANDSTILL_S,
                        why=performance.speaker.health.words or _("no reason given"),
                    )
                )
            settings = performance.kit.settings
            on_view(performance.view(mirror=settings.mirror, coach=settings.coach))
            pace.wait(TICK_S)
        return performance.outcome([])
    finally:
        performance.close()
