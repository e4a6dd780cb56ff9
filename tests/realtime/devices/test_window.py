"""The window itself: without a screen it says so; under Xvfb it opens, hears keys, shows itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLAY = """
import sys
from pathlib import Path
from time import perf_counter
from kpopdance.realtime.devices.window import GameWindow
window = GameWindow()
print("open", *window.size, window.driver, flush=True)
ends, shown = perf_counter() + 9, 0
while perf_counter() < ends:
    for name in window.events():
        print("key", name, *window.size, flush=True)
        if name in ("escape", "quit"):
            ends = 0.0
    window.surface.fill((255, 0, 128))
    window.flip()
    shown += 1
window.screenshot(Path(sys.argv[1]))
window.close()
window.close()
print("closed", flush=True)
"""


def quiet(**more):
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("SDL_", "DISPLAY", "WAYLAND"))
    }
    kept.pop("DBUS_SESSION_BUS_ADDRESS", None)
    return {**kept, "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": str(ROOT), **more}


def python(code, *args, **env):
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(
        command, env=quiet(**env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_without_a_screen_one_clear_sentence():
    code = "from kpopdance.realtime.devices.window import GameWindow\nGameWindow()"
    said = python(code).communicate(timeout=20)[1].strip().splitlines()[-1]
    assert "NoScreen" in said
    assert "kpopdance play SONG --headless" in said


def test_a_page_is_saved_without_a_screen(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from kpopdance.realtime.devices.window import offscreen_surface, save_picture\n"
        "page = offscreen_surface((320, 200)); page.fill((9, 8, 7))\n"
        "save_picture(page, Path(sys.argv[1]))"
    )
    path = tmp_path / "deep" / "page.png"
    page = python(code, path)
    assert (page.communicate(timeout=20), page.returncode)[1] == 0
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    from kpopdance.engines.errors import DanceError
    from kpopdance.realtime.devices.window import offscreen_surface, save_picture

    (tmp_path / "file").write_text("")
    with pytest.raises(DanceError, match=r"file/page\.png"):
        save_picture(offscreen_surface((320, 200)), tmp_path / "file" / "page.png")


@pytest.fixture
def display():
    """A screen nobody sees, ``:N``."""
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        reason = f"{' and '.join(missing)} not installed: apt-get install xvfb xdotool"
        print(reason)
        pytest.skip(reason)
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x900x24"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait(timeout=5)
    server.stdout.close()


@pytest.mark.screen
def test_a_real_window_hears_keys_and_shows_itself(display, tmp_path):
    import pygame

    path = tmp_path / "shown.png"
    game = python(PLAY, path, DISPLAY=display, SDL_FRAMEBUFFER_ACCELERATION="0")
    try:
        opened = until(game, "open")
        assert opened.split()[1:] == ["1280", "720", "x11"]
        press(display, game.pid, "space")
        assert until(game, "key").split()[1] == "space"
        steer(display, "windowsize", window_of(display, game.pid), "800", "600")
        time.sleep(0.3)
        press(display, game.pid, "Escape")
        assert until(game, "key").split()[1:] == ["escape", "800", "600"]
        until(game, "closed")
    finally:
        game.kill()
        game.communicate()
    shown = pygame.image.load(path)
    assert shown.get_size() == (800, 600)
    assert shown.get_at((400, 300))[:3] == (255, 0, 128)


def until(game, word):
    for line in game.stdout:
        if line.startswith(word):
            return line
    raise AssertionError(f"the game ended before it said {word}: {game.stderr.read()}")


def window_of(display, pid):
    return steer(display, "search", "--sync", "--onlyvisible", "--pid", str(pid)).split()[0]


def press(display, pid, key):
    steer(display, "windowfocus", window_of(display, pid))
    steer(display, "key", key)


def steer(display, *words):
    command, env = ["xdotool", *words], quiet(DISPLAY=display)
    done = subprocess.run(
        command, env=env, check=True, timeout=10, capture_output=True, text=True
    )
    return done.stdout
