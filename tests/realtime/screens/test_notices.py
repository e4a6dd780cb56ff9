"""What the player must know: whole, legible, and over nothing else, for every message there is."""

from __future__ import annotations

import itertools
import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import pygame
import pytest

from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.dance_layout import dance_layout
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.notices import draw_notices, mending, notices_height
from kpopdance.realtime.screens.parts.theme import Theme, scale_of
from kpopdance.realtime.screens.reverse import reverse_layout
from tests.faults.draw_messages import every_health
from tests.realtime.screens import views

SIZES = ((640, 360), (800, 480), (1024, 600), (1280, 720), (1920, 1080), (720, 1280))
REPORTS = every_health()


@pytest.fixture(scope="module")
def theme():
    return Theme()


@pytest.mark.parametrize("size", SIZES)
def test_every_message_is_whole_and_legible(theme, monkeypatch, size):
    written = []
    monkeypatch.setattr(
        theme, "write", lambda surface, text, box, style: written.append((text, box, style))
    )
    surface, unit = pygame.Surface(size), scale_of(size)
    for report in REPORTS:
        written.clear()
        high = notices_height(theme, (report.words,), size, unit)
        strip = pygame.Rect(round(32 * unit), 0, size[0] - round(64 * unit), high)
        draw_notices(theme, surface, strip, (report.words,), unit)
        assert "".join(text for text, _, _ in written).replace(" ", "") == report.words.replace(
            " ", ""
        )
        assert len(written) <= (3 if size[0] > size[1] else 4)
        for text, box, style in written:
            assert style.px == style.least >= 13
            assert strip.contains(box), (report, box)
            assert theme.width(text, style.px) <= box.width


@pytest.mark.parametrize("layout", [dance_layout, reverse_layout])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_makes_room_for_them(theme, layout, size):
    told = (REPORTS[4].words, views.LONG, "A third one waits.")
    high = notices_height(theme, told, size, scale_of(size))
    at = layout(size, high)
    panels = views.panels(at) | {"banner": at.banner}
    assert at.banner.height == pytest.approx(high, abs=1)
    for name, rect in panels.items():
        assert min(rect.size) > 0, name
    for (one, a), (other, b) in itertools.combinations(panels.items(), 2):
        assert not a.colliderect(b), (one, other, a, b)


def test_one_notice_more_changes_nothing_for_the_first(theme):
    three = notices_height(theme, ("One.", "Two.", "Three."), (1280, 720), 1.0)
    assert three == notices_height(theme, ("One.", "Two."), (1280, 720), 1.0)
    assert notices_height(theme, (), (1280, 720), 1.0) == 0


def test_the_coach_s_head_stays_in_sight():
    """Nothing of the coach is darker than it is without notices."""
    size, surface = (1280, 720), pygame.Surface((1280, 720))
    view = views.dance(verdict=None, health=(REPORTS[4], REPORTS[-1]))
    screen = DanceScreen(Backdrop(Theme()))
    screen.draw(surface, view)
    high = notices_height(screen.theme, view.told, size, 1.0)
    coach = dance_layout(size, high).coach
    pixels = pygame.surfarray.array3d(surface.subsurface(coach)).astype(int)
    hat = abs(pixels - (59, 213, 255)).sum(axis=2) < 60
    assert hat.sum() > 200


@pytest.mark.parametrize(
    ("device", "cause", "keys"),
    [
        ("camera", Cause.BLACK, ["R", "C"]),
        ("camera", Cause.NOBODY, []),
        ("camera", Cause.TOO_DARK, []),
        ("sound", Cause.HANGS, ["R"]),
        ("computer", Cause.SLOW_COMPUTER, []),
        ("camera", Cause.WELL, []),
    ],
)
def test_keys_are_shown_where_they_may_mend_it(device, cause, keys):
    assert [key for key, _ in mending((Health(device, cause, "So."),))] == keys
