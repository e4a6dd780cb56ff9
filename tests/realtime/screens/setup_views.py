"""Views of the pages before a dance to draw in tests."""

from __future__ import annotations

import numpy as np

from kpopdance.realtime.home import settable
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.pose.stance import Amiss
from kpopdance.realtime.screens.found import found_view
from kpopdance.realtime.screens.setup_view import (
    CameraCard,
    ReadyView,
    SetRow,
    SetupView,
    StandView,
)
from tests.realtime.pose.test_stance import HD, person

PICTURE = np.full((720, 1280, 3), 90, np.uint8)
LONG = "Camera 2 is in use by another program (obs). Close that program."
FOUND = found_view({
    "game": {"found": "all"}, "camera": {"found": "", "what": LONG, "todo": LONG * 9},
})  # fmt: skip


def stand(amiss=Amiss.BACK):
    where = (0.1, 0.9) if amiss is Amiss.NOTHING else (0.02, 1.3)
    ready = amiss is Amiss.NOTHING
    return StandView(
        PICTURE, person(HD, *where), ready=ready, share=0.5 * ready, sentence=str(amiss)
    )


def ready(amiss=Amiss.NOTHING, **more):
    return ReadyView("네온 스텝", "crew", 2.0, stand(amiss), **more)


def setup(chosen=settable.STRICT, amiss=Amiss.NOTHING, **more):
    settings, rows = Settings(), (*settable.FIRST_ROWS, *settable.MORE_ROWS)
    cards = (
        CameraCard("Integrated Camera", PICTURE, chosen=True), CameraCard("Wide", None, LONG),
        CameraCard("", None),
    )  # fmt: skip
    shown = tuple(SetRow(r.name, r.words(r.of(settings)), r.sort, r.about) for r in rows)
    strict = settings.strictness if chosen is settable.STRICT else ""
    return SetupView(
        2.0, stand(amiss), shown, rows.index(chosen), cards, strictness=strict, **more
    )
