"""The window itself: without a screen it says so; under Xvfb it opens, hears keys, shows itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
import pytest

from kpopdance.realtime.devices.window import CHORD, COMMAND, fitting, key_name
from tests.quick import but_quick

ROOT = Path(__file__).resolve().parents[3]
PLAY = """
import sys
from pathlib import Path
from time import perf_counter
from kpopdance.realtime.devices.window import GameWindow
window = GameWindow()
print("open", *window.size, window.driver, flush=True)
print("letters", *(f"{us}={own}" for us, own in sorted(window.letters.items())), flush=True)
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
    path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)])
    return {**kept, "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": path, **more}


def python(code, *args, **env):
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(
        command, env=quiet(**env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_without_a_screen_one_clear_sentence():
    code = "from kpopdance.realtime.devices.window import GameWindow\nGameWindow()"
    said = python(code).communicate(timeout=60)[1].strip().splitlines()[-1]
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
    assert (page.communicate(timeout=60), page.returncode)[1] == 0
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    from kpopdance.engines.errors import DanceError
    from kpopdance.realtime.devices.window import offscreen_surface, save_picture

    (tmp_path / "file").write_text("")
    with pytest.raises(DanceError, match=r"file/page\.png"):
        save_picture(offscreen_surface((320, 200)), tmp_path / "file" / "page.png")


@pytest.fixture
def display(request):
    """A screen nobody sees, ``:N``; of the size that a test gives."""
    size = getattr(request, "param", "1600x900")
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        reason = f"{' and '.join(missing)} not installed: apt-get install xvfb xdotool"
        print(reason)
        pytest.skip(reason)
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", f"{size}x24"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait(timeout=5)
    server.stdout.close()


@pytest.mark.screen
def test_a_real_window_hears_keys_and_shows_itself(display, tmp_path):
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


@pytest.mark.screen
@pytest.mark.parametrize(
    ("display", "opens"),
    [("1024x600", "1024 528"), ("800x480", "800 408")],
    indirect=["display"],
)
def test_a_window_is_never_larger_than_the_screen(display, opens, tmp_path):
    game = python(PLAY, tmp_path / "shown.png", DISPLAY=display)
    try:
        assert until(game, "open").split(maxsplit=1)[1].strip() == f"{opens} x11"
    finally:
        game.kill()
        game.communicate()


@pytest.mark.screen
@pytest.mark.parametrize(
    ("layout", "letters"),
    but_quick(
        [("us", ""), ("ru", ""), ("gr", ""), ("fr", "A=Q M=, Q=A W=Z Z=W"), ("de", "Y=Z Z=Y")],
        {("ru", ""), ("fr", "A=Q M=, Q=A W=Z Z=W")},
    ),
)
def test_letters_are_known_by_their_place_under_every_layout(
    display, layout, letters, tmp_path
):
    if shutil.which("setxkbmap") is None:
        pytest.skip("setxkbmap not installed: apt-get install x11-xkb-utils")
    subprocess.run(["setxkbmap", layout], env=quiet(DISPLAY=display), check=True, timeout=10)
    game = python(PLAY, tmp_path / "shown.png", DISPLAY=display)
    try:
        assert until(game, "letters").split()[1:] == letters.split()
        for code, name in ((39, "s"), (24, "q"), (10, "1"), (65, "space")):
            press(display, game.pid, str(code))  # X11's number of the key's place
            assert until(game, "key").split()[1] == name
        for chord in ("alt+39", "super+39", "39"):
            press(display, game.pid, chord)
        assert (
            until(game, "key").split()[1] == "s"
        )  # the last one: the chords are not the game's
        press(display, game.pid, "65")
        assert until(game, "key").split()[1] == "space"
    finally:
        game.kill()
        game.communicate()


@pytest.mark.parametrize(
    ("desktop", "opens"),
    [
        ((3840, 2160), (1280, 720)),
        ((1280, 800), (1280, 720)),
        ((1366, 768), (1280, 696)),
        ((1280, 720), (1280, 648)),
        ((1024, 600), (1024, 528)),
        ((800, 480), (800, 408)),
        ((480, 320), (480, 248)),
        ((60, 40), (60, 1)),
    ],
)
def test_a_window_fits_into_its_desktop(desktop, opens):
    assert fitting((1280, 720), desktop) == opens


@pytest.mark.parametrize(
    ("scancode", "key", "held", "name"),
    [
        (pygame.KSCAN_S, ord("s"), 0, "s"),
        (
            pygame.KSCAN_S,
            ord("s"),
            pygame.KMOD_LSHIFT | pygame.KMOD_CAPS | pygame.KMOD_NUM,
            "s",
        ),
        (pygame.KSCAN_S, 0x44B, 0, "s"),  # Russian
        (pygame.KSCAN_S, 0x3C3, 0, "s"),  # Greek
        (pygame.KSCAN_A, ord("q"), 0, "a"),  # French
        (pygame.KSCAN_1, ord("&"), 0, "1"),
        (0, ord("s"), 0, "s"),  # a remote desktop's key has no place
        (pygame.KSCAN_S, ord("s"), pygame.KMOD_RALT, ""),
        (pygame.KSCAN_Q, ord("q"), COMMAND, "ctrl q"),
        (pygame.KSCAN_Y, ord("z"), COMMAND, "ctrl z"),  # German
        (pygame.KSCAN_Z, 0x44F, COMMAND | pygame.KMOD_LSHIFT, "ctrl shift z"),  # Russian
        (pygame.KSCAN_Q, ord("q"), COMMAND | pygame.KMOD_RALT, ""),  # AltGr on Windows
        (pygame.KSCAN_F4, pygame.K_F4, COMMAND, ""),
        (pygame.KSCAN_Q, ord("q"), CHORD & ~pygame.KMOD_ALT & ~COMMAND, ""),
        (pygame.KSCAN_F4, pygame.K_F4, pygame.KMOD_LALT, ""),
        (pygame.KSCAN_F11, pygame.K_F11, 0, "f11"),
        (pygame.KSCAN_PAGEDOWN, pygame.K_PAGEDOWN, 0, "page down"),
    ],
)
def test_a_key_is_called_by_its_place(scancode, key, held, name):
    assert key_name(scancode, key, held) == name


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


def test_a_file_dropped_on_it_is_handed_over_once():
    program = """
import pygame
from kpopdance.realtime.devices.window import GameWindow
window = GameWindow()
window.events()
for name in ("/tmp/a song.kpopdance", "춤.mp3"):
    pygame.event.post(pygame.event.Event(pygame.DROPFILE, file=name))
print(window.drops(), window.events(), [str(path) for path in window.drops()], window.drops())
"""
    told, wrong = python(program, SDL_VIDEODRIVER="dummy").communicate(timeout=60)
    assert wrong == "" or "XDG_RUNTIME_DIR" in wrong
    assert told.splitlines()[-1] == "[] [] ['/tmp/a song.kpopdance', '춤.mp3'] []"


ON_AIR = """
from time import perf_counter
from kpopdance.realtime.devices.window import GameWindow
window = GameWindow(on_air=True)
ends = perf_counter() + 3
while perf_counter() < ends:
    window.events()
    window.flip()
print("focus", window._window.focused, window.stage._window.focused, flush=True)
"""


@pytest.mark.screen
def test_a_second_window_leaves_the_keyboard_to_the_game(display):
    game = python(ON_AIR, DISPLAY=display, SDL_FRAMEBUFFER_ACCELERATION="0")
    try:
        assert until(game, "focus").split()[1:] == ["True", "False"]
    finally:
        game.kill()
        game.communicate()


WRITE = """
import sys
from time import perf_counter
from kpopdance.realtime.devices.window import GameWindow
window = GameWindow()
print("open", flush=True)
ends, typed, held = perf_counter() + 20, "", False
again = 0
while perf_counter() < ends and not (typed.endswith("!") and held and again > 2):
    names = window.events()
    hand = window.hand((10, 10, 200, 40))
    typed, held = typed + hand.typed, held or hand.held_at is not None
    again += hand.again.count("right")
    if hand.typed:
        print("typed", typed, flush=True)
    window.flip()
print("hand", typed, held, window.hand(None).typed == "", flush=True)
"""


@pytest.mark.screen
def test_a_real_window_hears_what_is_typed_and_held(display):
    game = python(WRITE, DISPLAY=display, SDL_FRAMEBUFFER_ACCELERATION="0")
    try:
        until(game, "open")
        steer(display, "windowfocus", window_of(display, game.pid))
        time.sleep(0.5)
        steer(display, "type", "--delay", "60", "Ha Ni!")
        until(game, "typed Ha Ni!")
        steer(display, "mousemove", "--window", window_of(display, game.pid), "300", "200")
        steer(display, "mousedown", "1")
        steer(display, "keydown", "Right")
        assert until(game, "hand").split() == ["hand", "Ha", "Ni!", "True", "True"]
    finally:
        game.kill()
        game.communicate()
