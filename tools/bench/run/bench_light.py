"""From light to light: what changes before the camera is seen on the screen so much later.

``python -m tools.bench.run.bench_light [--fps 30 60] [--seconds 40]`` opens two screens (Xvfb). On the
one a drawn dancer stretches out the arms and lets them fall, at moments nobody can foresee; a camera
watches that screen (x11grab). On the other the game plays a song with that camera: its reading
thread, networks, judge and window as always. A third process films the game's screen, sixty times a
second, and finds out afterwards when the picture of each change was to be seen there. Its skeleton comes
in the same flip, but steadied: the arms pass the mark some pictures later. All times are the system's
clock. Beside both stand the stages, and the way from the last sound of a move to its judgement.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np

from kpopdance.engines.kept_trials import processor
from kpopdance.realtime.devices.camera import CameraRequest, LiveCamera

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.camera import Reader
    from kpopdance.realtime.library.songpack import SongPack

ROOM, STAGE = ":93", ":94"
ROOM_PX, STAGE_PX = (640, 480), (1280, 720)
FILMED_FPS: Final = 60
EVERY: Final = 8  # px of the game's screen are enough
TELLING: Final = 200  # of them tell the two states apart best: they lie in the mirror
STILL_S: Final = (0.8, 1.4)  # between two changes, by chance
STRETCHED: Final = 2.4  # from wrist to wrist, in widths of the shoulders: 1.3 at rest, 3.7 so
LATEST_S: Final = 0.75  # after a change it counts as never seen
R_SHOULDER, R_WRIST, L_SHOULDER, L_WRIST = 2, 4, 5, 7
SPAWN: Final = multiprocessing.get_context("spawn")
STAGES: Final = (
    "change -> camera", "camera -> pose", "pose -> flip", "change -> flip with the skeleton in it",
    "change -> picture on the screen",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Seen:
    """What the game knew: for each change it showed, the system's second of its stages."""

    captured_s: list[float] = field(default_factory=list)
    pose_s: list[float] = field(default_factory=list)
    flip_s: list[float] = field(default_factory=list)
    stretched: list[bool] = field(default_factory=list)
    judged_ms: list[float] = field(default_factory=list)  # from a move's end to its judgement


class ScreenReader:
    """A camera that watches a screen; fulfils the Reader port."""

    def __init__(self, display: str, size: tuple[int, int], fps: int) -> None:
        self._film = _filmed(display, size, fps)
        self._packets = self._film.demux(video=0)
        self._packet: Any = None

    def wait(self) -> bool:
        """Wait until the next picture is due and taken."""
        self._packet = next(self._packets, None)
        return self._packet is not None

    def picture(self) -> NDArray[np.uint8] | None:
        """Return it, uint8 (H, W, 3) BGR."""
        for frame in self._packet.decode():
            return frame.to_ndarray(format="bgr24")  # type: ignore[no-any-return]
        return None

    def why_not(self) -> Health:
        """Is not asked: the screen stays."""
        raise AssertionError("the screen that is filmed is gone")

    def close(self) -> None:
        """Stop filming."""
        self._film.close()


class ScreenCamera(LiveCamera):
    """The game's camera in all but what it reads."""

    def _opened(self) -> Reader:
        return ScreenReader(ROOM, ROOM_PX, self._request.fps)


def wall_s() -> float:
    """Return the system's second, which three processes and the screen's films share."""
    return time.time()  # noqa: TID251 - no other clock is stamped on a filmed screen


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fps", type=int, nargs="+", default=[30, 60], help="of the camera")
    parser.add_argument("--seconds", type=float, default=40.0, help="of each camera's dance")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        for display, (width, height) in ((ROOM, ROOM_PX), (STAGE, STAGE_PX)):
            stack.enter_context(_screen(display, width, height))
        os.environ.update(
            DISPLAY=STAGE, SDL_FRAMEBUFFER_ACCELERATION="0", SDL_VIDEODRIVER="x11"
        )
        print(f"processor: {processor()}, {os.cpu_count()} cores")
        for fps in asked.fps:
            changes, seen, film = _danced(fps, asked.seconds)
            print(f"\ncamera at {fps} pictures a second, {len(changes)} changes\n")
            print(table(changes, seen, first_seen(changes, *film)))
    return 0


def _danced(
    fps: int, seconds: float
) -> tuple[list[tuple[float, bool]], Seen, tuple[NDArray[Any], NDArray[Any]]]:
    """Play for so long; return the changes, what the game knew, and the film of its screen."""
    ending, changes, film = SPAWN.Event(), SPAWN.Queue(), SPAWN.Queue()
    dancer = SPAWN.Process(target=stretches, args=(changes, ending), daemon=True)
    witness = SPAWN.Process(target=films, args=(film, ending), daemon=True)
    dancer.start()
    witness.start()
    try:
        changes.get(timeout=60)  # is there
        seen = _played(fps, seconds)
    finally:
        ending.set()
    told = changes.get(timeout=30), film.get(timeout=30)
    return told[0], seen, told[1]


def _played(fps: int, seconds: float) -> Seen:
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.game.listing import first_page
    from kpopdance.realtime.library.pack_reader import find_pack
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.shell.pages import Shell
    from kpopdance.realtime.shell.songs import Songs

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        kit = make_kit(Settings(camera="dancer", camera_fps=fps, replays=folder))

        def open_camera(_: SongPack, __: object) -> LiveCamera:
            request = CameraRequest(f"http://{ROOM}", *ROOM_PX, fps)
            return ScreenCamera(request, kit.clock)

        import dataclasses

        kit = dataclasses.replace(
            kit, open_camera=open_camera, close_camera=lambda camera: camera.close()
        )
        window, song = GameWindow(), find_pack("neon-steps", kit.settings.libraries)
        game = Game(kit, Songs(kit.settings.libraries))
        watched = _Watched(window, game, seconds)
        Shell(watched, kit.clock).run(first_page(game, song))
        window.close()
        kit.close()
    return watched.seen


class _Watched:
    """The window; notes at each flip which change it shows, and leaves in time."""

    def __init__(self, window: Any, game: Game, seconds: float) -> None:  # noqa: ANN401
        self._window, self._game, self._seconds = window, game, seconds
        self.clicks, self.copy, self.letters = window.clicks, window.copy, window.letters
        self.seen = Seen()
        self._wall_s = wall_s() - time.perf_counter()
        self._began_s: float | None = None
        self._stretched: bool | None = None
        self._verdict: object = None

    @property
    def surface(self) -> Any:  # noqa: ANN401
        """The real window's surface."""
        return self._window.surface

    @property
    def pointer(self) -> None:
        """There is no mouse."""

    def events(self) -> list[str]:
        """Return the window's keys; none but the end is pressed."""
        names: list[str] = self._window.events()
        late = self._began_s is not None and time.perf_counter() - self._began_s > self._seconds
        return [*names, "quit"] if late else names

    def flip(self) -> None:
        """Flip the real window, and look at what it shows."""
        performing = self._game.performing
        sighting = None if performing is None else performing.session.sighting
        self._window.flip()
        flip_s = wall_s()
        if performing is None or sighting is None:
            return
        self._began_s = self._began_s or time.perf_counter()
        self._note_judgement(performing.session)
        stretched = None if sighting.pose is None else is_stretched(sighting.pose.joints)
        if stretched is None or stretched == self._stretched:
            return
        self._stretched = stretched
        captured_s = sighting.frame.captured_s + self._wall_s
        self.seen.captured_s.append(captured_s)
        self.seen.pose_s.append(captured_s + sighting.took_s)
        self.seen.flip_s.append(flip_s)
        self.seen.stretched.append(stretched)

    def _note_judgement(self, session: Any) -> None:  # noqa: ANN401
        verdict = session.view(mirror=True).verdict
        if verdict is not None and verdict is not self._verdict:
            self.seen.judged_ms.append(1000 * (session.song_now() - verdict.end_s))
        self._verdict = verdict


def is_stretched(joints: NDArray[np.float32]) -> bool | None:
    """Return whether the arms are stretched out to the sides; None where a wrist is not seen."""
    x = joints[[R_SHOULDER, L_SHOULDER, R_WRIST, L_WRIST], 0]
    if not np.isfinite(x).all():
        return None
    return bool(abs(x[3] - x[2]) > STRETCHED * abs(x[1] - x[0]))


def first_seen(
    changes: list[tuple[float, bool]], at_s: NDArray[Any], film: NDArray[Any]
) -> list[float]:
    """Return when each change was to be seen in the filmed mirror, NaN: not in time.

    What differs between the two states, when nothing has changed for half a second, more than it
    varies within them tells them apart (a linear discriminant with a diagonal covariance). A
    change is seen where the mirror turns to its state.
    """
    begins = np.array([when for when, _ in changes])
    states = np.array([stretched for _, stretched in changes])
    index = np.searchsorted(begins, at_s) - 1
    settled = (index >= 0) & (at_s - begins[np.maximum(index, 0)] > 0.5)
    of = [film[settled & (states[index] == state)] for state in (False, True)]
    down, out = (one.mean(axis=0) for one in of)
    spread = of[0].var(axis=0) + of[1].var(axis=0) + 1
    best = np.argsort((out - down) ** 2 / spread)[-TELLING:]
    axis = ((out - down) / spread)[best]
    stretched = (film[:, best] - ((down + out) / 2)[best]) @ axis > 0
    turned = np.append(False, stretched[1:] != stretched[:-1])
    seen = []
    for when, state in changes:
        soon = turned & (at_s > when) & (at_s < when + LATEST_S) & (stretched == state)
        seen.append(float(at_s[soon][0]) if soon.any() else np.nan)
    return seen


def table(changes: list[tuple[float, bool]], seen: Seen, shown_s: list[float]) -> str:
    """Return the stages of all changes that came through, ms."""
    captured, pose, flip = (
        np.array(each) for each in (seen.captured_s, seen.pose_s, seen.flip_s)
    )
    rows = []
    for (when, state), on_screen in zip(changes, shown_s, strict=True):
        known = np.flatnonzero(
            (captured > when)
            & (captured < when + LATEST_S)
            & (np.array(seen.stretched) == state)
        )
        if len(known) and np.isfinite(on_screen):
            k = known[0]
            rows.append(
                (captured[k] - when, pose[k] - captured[k], flip[k] - pose[k],
                 flip[k] - when, on_screen - when)
            )  # fmt: skip
    ms = 1000 * np.array(rows).reshape(-1, len(STAGES))
    lines = [f"| stage ({len(ms)} came through) | p50, ms | p99, ms |", "|---|---|---|"]
    lines += [_line(name, ms[:, k]) for k, name in enumerate(STAGES)]
    lines.append(_line("a move's last sound -> its judgement", np.array(seen.judged_ms)))
    return "\n".join(lines)


def _line(name: str, ms: NDArray[Any]) -> str:
    if not len(ms):
        return f"| {name} | - | - |"
    return f"| {name} | {np.median(ms):.0f} | {np.percentile(ms, 99):.0f} |"


def stretches(changes: Any, ending: Any) -> None:  # noqa: ANN401 - a queue and an event of its own
    """Show somebody who stretches out the arms and lets them fall, on the room's screen."""
    os.environ.update(DISPLAY=ROOM, SDL_FRAMEBUFFER_ACCELERATION="0", SDL_VIDEODRIVER="x11")
    import pygame

    pygame.display.init()
    window = pygame.display.set_mode(ROOM_PX, pygame.NOFRAME)
    pictures = [
        pygame.image.frombuffer(picture.tobytes(), ROOM_PX, "BGR") for picture in _pictures()
    ]
    rng, told, stretched = np.random.default_rng(1), [], False
    while not ending.is_set():
        window.blit(pictures[stretched], (0, 0))
        pygame.display.flip()
        told.append((wall_s(), stretched))
        pygame.event.pump()
        if len(told) == 1:
            changes.put("is there")
        ending.wait(rng.uniform(*STILL_S))
        stretched = not stretched
    changes.put(told)


def _pictures() -> list[NDArray[np.uint8]]:
    """Return the dancer with the arms down, and stretched out to the sides."""
    from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
    from kpopdance.realtime.devices.drawn_person import OUTFITS
    from kpopdance.realtime.devices.drawn_picture import DrawnRoom
    from kpopdance.realtime.library.pack_reader import find_pack, load_pack
    from kpopdance.realtime.library.settings import Settings

    song = load_pack(find_pack("neon-steps", Settings().libraries))
    down = DrawnDancer(song.members[song.lead], DancerStyle(still=True)).joints(10.0)
    assert down is not None
    down[:, 0] += ROOM_PX[0] / 2 - down[1, 0]  # in the middle, with room for both arms
    out = down.copy()
    for shoulder in (R_SHOULDER, L_SHOULDER):
        side = np.sign(down[shoulder, 0] - down[1, 0])
        for joint in (shoulder + 1, shoulder + 2):
            reach = np.linalg.norm(down[joint, :2] - down[shoulder, :2])
            out[joint, :2] = down[shoulder, :2] + (side * reach, 0)
    room = DrawnRoom((ROOM_PX[1], ROOM_PX[0]))
    return [room.take([(joints, OUTFITS[0])], 0) for joints in (down, out)]


def films(film: Any, ending: Any) -> None:  # noqa: ANN401 - a queue and an event of its own
    """Film the game's screen: seconds, and small grey pictures float32 (N, px)."""
    at_s, small = [], []
    with _filmed(STAGE, STAGE_PX, FILMED_FPS) as screen:
        for packet in screen.demux(video=0):
            if ending.is_set():
                break
            for frame in packet.decode():
                at_s.append(float(frame.pts * frame.time_base))
                picture = frame.to_ndarray(format="bgra")
                small.append(picture[::EVERY, ::EVERY, 1].ravel())
    film.put((np.array(at_s), np.array(small, np.float32)))


def _filmed(display: str, size: tuple[int, int], fps: int) -> Any:  # noqa: ANN401 - PyAV's
    options = {
        "framerate": str(fps),
        "video_size": f"{size[0]}x{size[1]}",
        "draw_mouse": "0",
    }
    return av.open(display, format="x11grab", options=options)


@contextlib.contextmanager
def _screen(display: str, width: int, height: int) -> Iterator[None]:
    process = subprocess.Popen(
        ["Xvfb", display, "-screen", "0", f"{width}x{height}x24"], stderr=subprocess.DEVNULL
    )
    time.sleep(1.0)
    try:
        yield
    finally:
        process.terminate()


if __name__ == "__main__":
    sys.exit(main())
