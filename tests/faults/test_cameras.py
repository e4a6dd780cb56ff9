"""What a camera can do wrong is told apart, in a player's words."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from time import perf_counter, sleep, thread_time

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.health import Cause, Health, watched, worst_first
from kpopdance.realtime.core.types import Attendance
from kpopdance.realtime.devices.camera import CameraRequest, LiveCamera
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.picture_check import PictureCheck
from tests.faults.bad_cameras import (
    FILM,
    HEAD,
    SIZE,
    BadCamera,
    begins,
    damaged,
    dim,
    films,
    hangs,
    locked,
    noisy,
    part,
    resized,
    says,
    trickles,
)

STILL = part(noisy(1))
BLACK = part(np.zeros((*SIZE, 3), np.uint8))
BLUE = part(np.full((*SIZE, 3), (200, 40, 10), np.uint8))
SERVED = {
    "unauthorised": (says(b"HTTP/1.0 401 Unauthorized\r\n\r\n"), Cause.REFUSED, "password"),
    "forbidden": (says(b"HTTP/1.0 403 Forbidden\r\n\r\n"), Cause.REFUSED, "password"),
    "busy": (says(b"HTTP/1.0 503 Busy\r\n\r\n"), Cause.REFUSED, "503"),
    "not found": (says(b"HTTP/1.0 404 Not Found\r\n\r\n"), Cause.NO_ADDRESS, "404"),
    "elsewhere": (
        says(b"HTTP/1.0 302 Found\r\nLocation: http://me:pw@elsewhere/\r\n\r\n"),
        Cause.NO_ADDRESS, "http://elsewhere/",
    ),
    "a web page": (
        says(HEAD % b"text/html" + b"<html><body>Camera</body></html>" * 30),
        Cause.NO_FILM, "web page",
    ),
    "a playlist": (
        says(HEAD % b"application/x-mpegURL"
             + b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/1.ts\n"),
        Cause.NO_FILM, "no film",
    ),
    "one picture": (
        says(HEAD % b"image/jpeg" + STILL.partition(b"\r\n\r\n")[2]),
        Cause.NO_FILM, "one single picture",
    ),
    "noise": (says(HEAD % b"video/x" + bytes(range(256)) * 400), Cause.NO_FILM, "no film"),
    "no HTTP": (says(b"\x00\x01SSH-2.0-OpenSSH\r\n" * 9), Cause.NO_FILM, "not as a camera"),
    "silence": (hangs, Cause.HANGS, "sends nothing"),
    "an endless head": (trickles, Cause.HANGS, "sends nothing"),
    "a head alone": (begins(FILM), Cause.HANGS, "no picture"),
    "one picture of a film": (begins(FILM, STILL, STILL), Cause.HANGS, "stopped"),
    "3 a second": (films(lambda n: part(noisy(n)), fps=3.0), Cause.TOO_SLOW, "sends only "),
    "19 a second": (films(lambda n: part(noisy(n)), fps=19.0), Cause.WELL, ""),
    "black": (films(lambda n: BLACK), Cause.BLACK, "empty"),
    "blue": (films(lambda n: BLUE), Cause.BLACK, "empty"),
    "frozen": (films(lambda n: STILL), Cause.FROZEN, "same picture"),
    "dark": (films(dim), Cause.TOO_DARK, "too dark"),
    "damaged": (films(damaged), Cause.WELL, ""),
    "resized": (films(resized), Cause.WELL, ""),
    "locked": (locked, Cause.REFUSED, "password"),
}  # fmt: skip
"""What is served: what it is to be taken for, and a word of its sentence."""
SETTLED_S = 3.5  # after which black, frozen and slow would have been told


@pytest.fixture(scope="module")
def opened():
    """All of them at once, as each takes some seconds."""
    servers = {name: BadCamera(film) for name, (film, _, _) in SERVED.items()}
    cameras = {
        name: LiveCamera(CameraRequest(f"http://{server.place}/video"), PerfClock())
        for name, server in servers.items()
    }
    yield cameras, perf_counter()
    for server in servers.values():
        server.stop.set()
    for camera in cameras.values():
        camera._closing.set()
    for camera in cameras.values():
        camera.close()
    for server in servers.values():
        server.close()


def wait_for(camera, cause, seconds=60.0):
    """The health, once it has a cause and kept it for a moment."""
    begun, since = perf_counter(), None
    while perf_counter() - begun < seconds:
        camera.newest(0.02)
        health = camera.state().health
        since = (since or perf_counter()) if health.cause is cause else None
        if since is not None and perf_counter() - since > 0.5:
            break
    return health


@pytest.mark.parametrize("name", SERVED)
def test_each_has_its_own_cause_sentence_and_remedy(opened, name):
    (_, cause, word), (cameras, since_s) = SERVED[name], opened
    if cause is Cause.WELL:
        sleep(max(0.0, since_s + SETTLED_S - perf_counter()))
    health = wait_for(cameras[name], cause)
    assert (health.device, health.cause) == ("camera", cause), health
    assert word in health.sentence
    assert health.well or (
        health.sentence.endswith(".") and health.remedy.endswith((".", "..."))
    )
    assert "pw" not in health.words


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.mark.parametrize(
    ("address", "cause", "word"),
    [
        ("http://127.0.0.1:PORT/video", Cause.NO_ADDRESS, "no camera answers at port"),
        ("rtsp://127.0.0.1:PORT/video", Cause.NO_ADDRESS, "no camera answers at port"),
        ("http://no-such-phone.invalid/video", Cause.NO_ADDRESS, "no-such-phone.invalid"),
        ("http://", Cause.NO_ADDRESS, "is no address"),
        ("http://127.0.0.1:99999/video", Cause.NO_ADDRESS, "is no address"),
        ("http://me:secret@127.0.0.1:PORT/video", Cause.NO_ADDRESS, "127.0.0.1"),
    ],
)
def test_an_address_that_is_none(address, cause, word):
    camera = LiveCamera(CameraRequest(address.replace("PORT", str(free_port()))), PerfClock())
    try:
        health = wait_for(camera, cause)
        state = camera.state()
    finally:
        camera.close()
    assert health.cause is cause, health
    assert word in health.sentence
    assert "secret" not in health.words + state.name


def test_name_and_password_open_a_locked_one():
    server = BadCamera(locked)
    camera = LiveCamera(CameraRequest(f"http://me:secret@{server.place}/video"), PerfClock())
    try:
        assert camera.newest(8.0) is not None
    finally:
        camera.close()
        server.close()


def test_a_picture_is_looked_at_in_little_time():
    check, image = PictureCheck(), noisy(3, size=(1080, 1920))
    took = []
    for k in range(20):
        begun = thread_time()
        check.see(image, k * 1.0)
        took.append(thread_time() - begun)
    assert np.median(took) < 10e-3  # every fifth of a second; 1 ms on most computers
    begun = thread_time()
    for _ in range(100):
        check.see(image, 19.0)
    assert (thread_time() - begun) / 100 < 0.3e-3  # all others


DARK, LOST = Health("camera", Cause.TOO_DARK, "Dark."), Health("camera", Cause.LOST, "Lost.")
FINE = Health("camera")


@pytest.mark.parametrize(
    ("camera", "attendance", "causes"),
    [
        (FINE, Attendance(300, 290, 0.03), []),
        (FINE, Attendance(300, 290, 0.03, nobody_s=9.0), [Cause.NOBODY]),
        (DARK, Attendance(300, 290, 0.03), []),
        (DARK, Attendance(300, 290, 0.03, nobody_s=9.0), [Cause.TOO_DARK]),
        (FINE, Attendance(300, 40, 0.28), [Cause.SLOW_COMPUTER]),
        (FINE, Attendance(40, 40, 0.33), []),
        (LOST, Attendance(300, 40, 0.28, nobody_s=9.0), [Cause.LOST]),
    ],
)
def test_what_became_of_the_pictures_tells_who_is_to_blame(camera, attendance, causes):
    assert [report.cause for report in watched(camera, attendance)] == causes


def test_the_most_important_is_told_first():
    sound = Health("sound", Cause.HANGS, "Sound hangs.")
    assert worst_first((DARK, FINE, sound, LOST)) == (LOST, sound, DARK)


@pytest.mark.parametrize("served", ["19 a second", "black", "busy"])
def test_the_doctor_opens_what_is_set(served, tmp_path, monkeypatch, capsys):
    film, cause, _ = SERVED[served]
    server = BadCamera(film)
    monkeypatch.setattr("kpopdance.realtime.devices.camera.LOOK_S", 1.6)
    file = tmp_path / "settings.toml"
    file.write_text(f'camera = "http://{server.place}/video"\nsound_device = "gramophone"\n')
    monkeypatch.setattr("kpopdance.realtime.commands.doctor._network", lambda _: {"found": "x"})
    try:
        main(["doctor", "--json", "--settings", str(file)])
    finally:
        server.close()
    told = json.loads(capsys.readouterr().out)
    camera, sound = told["camera"], told["sound"]
    assert camera["cause"] == cause
    assert bool(camera["found"]) == (cause == "well")
    assert cause != "well" or re.search(r"sends 160x120 at (1\d|2\d) a second", camera["found"])
    assert not sound["found"]
    assert sound["cause"] in ("never opened", "hangs")
    assert "libcuda" not in json.dumps([camera, sound])


STUCK = """
import sys, threading
from kpopdance.realtime import __main__ as door
from kpopdance.realtime.devices.camera import CameraRequest, LiveCamera
from kpopdance.realtime.devices.host_clock import PerfClock

def stuck(argv=None):
    camera = LiveCamera(CameraRequest(sys.argv[1]), PerfClock())
    camera.newest(float(sys.argv[2]))
    print("said", camera.state().health.cause)
    camera.close()
    return 7

door.main = stuck
door.program()
"""


def leave(address, after_s):
    """Open a camera that never answers, leave after some seconds; how the program ended, and when."""
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", STUCK, address, str(after_s)], capture_output=True, text=True
    )
    return done, perf_counter() - begun


LEFT = """
import atexit, threading, time
from kpopdance.realtime import __main__ as door

atexit.register(time.sleep, 60)  # as a sound system's goodbye, while it hangs
threading.Thread(target=threading.Event().wait, daemon=True).start()
door.main = lambda argv=None: print("said") or 7
door.program()
"""


def test_what_is_stuck_is_left_with_all_that_was_said():
    done = subprocess.run(
        [sys.executable, "-c", LEFT],
        capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (7, "said\n", "")


MANY = [pytest.param(0.1 * k, marks=pytest.mark.long) for k in range(40)]


@pytest.mark.parametrize("after_s", [0.1, 1.4, *MANY])
def test_a_program_ends_as_it_should_beside_a_camera_that_hangs(after_s):
    server = BadCamera(hangs)
    try:
        done, took_s = leave(f"http://{server.place}/video", after_s)
    finally:
        server.close()
    assert done.returncode == 7, done.stderr
    assert "said" in done.stdout
    assert "terminate" not in done.stderr
    assert took_s < after_s + 30  # imports on a busy machine among it
