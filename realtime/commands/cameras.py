"""The camera that the settings name: a webcam, a phone, a video, or the drawn dancer."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.option_groups import STYLE_HELP
from kpopdance.realtime.core.health import WELL_CAMERA
from kpopdance.realtime.dance.kit import Peek
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Camera, HostClock
    from kpopdance.realtime.devices.camera import CameraRequest
    from kpopdance.realtime.devices.drawn_dancer import DancerStyle
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack

DANCER: Final = "dancer"
DEMO: Final = "neon-steps"
PEEK_S: Final = 5.0  # longest wait for a camera's first picture
TAKE_S: Final = 0.1
SILENT: Final = "It sends no picture."
MOST_PEOPLE: Final = 6
TOGETHER_PX: Final = 360
"""Width of the picture for each of several drawn dancers."""
LENGTHS: Final = {"arms": "arm", "legs": "leg", "torso": "torso", "shoulders": "shoulder"}
"""Words of the style -> whose bones they lengthen."""


class Cameras:
    """Opens the camera that the settings name, or the next one there is.

    A real one stays open between songs; ``source`` says which it is now.
    """

    def __init__(self, settings: Settings, clock: HostClock, style: str = "") -> None:
        self._settings, self._clock, self._style = settings, clock, style
        self.source = settings.camera
        self._kept: Camera | None = None
        self._opening = threading.Lock()

    @property
    def live(self) -> bool:
        """Whether a person dances in front of it: no drawn dancer, no video."""
        return self.source != DANCER and not Path(self.source).is_file()

    @property
    def name(self) -> str:
        """What the camera is called by the system, or as the settings name it."""
        if not self.source.isdecimal():
            return self.source
        from kpopdance.realtime.devices.webcam import list_cameras

        found = {str(camera.index): camera.name for camera in list_cameras()}
        return found.get(self.source, self.source)

    @property
    def health(self) -> Health:
        """How the camera is doing that stays open; nothing to tell where none does."""
        return WELL_CAMERA if self._kept is None else self._kept.state().health

    @property
    def picture_size(self) -> tuple[int, int]:
        """The pictures' (width, height) in px, as asked for; the drawn dancer's own."""
        settings = self._settings
        if self.live:
            return settings.camera_width, settings.camera_height
        people = style_from(self._style, settings).people if self.source == DANCER else 1
        return _drawn_px(people)

    def ask(self, settings: Settings) -> None:
        """Ask from now on for what other settings want of a camera; a changed one is opened anew."""
        before, asked = self._settings, request_of(self._settings, self.source)
        self._settings = settings
        if before.camera != settings.camera:
            self.source = settings.camera
        if request_of(settings, self.source) != asked:
            self._let_go()

    def turn(self) -> bool:
        """Turn to the next camera: the one set, those found, the drawn dancer; return ``live``."""
        from kpopdance.realtime.devices.webcam import list_cameras

        found = [str(camera.index) for camera in list_cameras()]
        known = list(dict.fromkeys([self._settings.camera, *found, DANCER]))
        place = known.index(self.source) if self.source in known else -1
        self._let_go()
        self.source = known[(place + 1) % len(known)]
        return self.live

    def open(self, song: SongPack, song_s: Callable[[], float | None]) -> Camera:
        """Return the camera for a song."""
        source = self.source
        if source == DANCER:
            return _drawn(song, song_s, self._clock, style_from(self._style, self._settings))
        if Path(source).is_file():
            from kpopdance.realtime.devices.video_file import VideoCamera

            return VideoCamera(Path(source), self._clock, song_s)
        return self._opened()

    def watch(self) -> Camera:
        """Return the camera to see oneself in; who has a stand-in sees that one dance."""
        if self.live:
            return self._opened()
        began_s, song = self._clock.now(), load_pack(find_pack(DEMO, (BUNDLED,)))
        return self.open(song, lambda: (self._clock.now() - began_s) % song.length_s)

    def peek(self, source: str) -> Peek:
        """Return what another camera shows at first, or why it shows nothing."""
        from kpopdance.realtime.devices.camera import LiveCamera

        try:
            camera = LiveCamera(request_of(self._settings, source), self._clock)
        except DanceError as why:
            return Peek(trouble=str(why))
        try:
            frame, health = None, camera.state().health
            until_s = self._clock.now() + PEEK_S
            while frame is None and not health.no_picture and self._clock.now() < until_s:
                frame, health = camera.newest(TAKE_S), camera.state().health
        finally:
            camera.close()
        if frame is None:
            return Peek(trouble=health.words or SILENT)
        return Peek(frame.image)

    def _opened(self) -> Camera:
        """Return the webcam that stays open."""
        with self._opening:  # one page may still look as the next one begins to
            if self._kept is None:
                self._kept = self._webcam(self.source)
            elif self._kept.state().health.no_picture:
                self._kept.retry()
            return self._kept

    def close(self, camera: Camera) -> None:
        """Close a camera that belongs to one song."""
        if camera is not self._kept:
            camera.close()

    def shut(self) -> None:
        """Close the camera that stayed open."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _let_go(self) -> None:
        left, self._kept = self._kept, None
        if left is not None:
            beside(left.close)  # a hung one takes its time

    def _webcam(self, source: str) -> Camera:
        from kpopdance.realtime.devices.camera import LiveCamera

        return LiveCamera(request_of(self._settings, source), self._clock)


def request_of(settings: Settings, source: str) -> CameraRequest:
    """Return what the settings ask of a camera."""
    from kpopdance.realtime.devices.camera import CameraRequest

    size = (settings.camera_width, settings.camera_height)
    return CameraRequest(source, *size, settings.camera_fps)


class Wanted(NamedTuple):
    """Who is drawn side by side: each in which style, dancing another song or None.

    The first of several dances the lead's part, the others those of the members after it.
    """

    styles: tuple[DancerStyle, ...]
    song: SongPack | None = None

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.styles)


def style_from(text: str, settings: Settings) -> Wanted:
    """Return what is drawn, said in words like ``lateness_ms=100,mirrored``.

    Of several dancers a number may be said for each, ``lateness_ms=0/60``: from the first one on,
    over again where there are fewer numbers.

    Raises
    ------
    DanceError
        For an unknown word or value, in one sentence.
    """
    parts = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    songs = [load_pack(find_pack(v, settings.libraries)) for k, _, v in parts if k == "dances"]
    said = [(k, v) for k, _, v in parts if k not in ("dances", "people")]
    try:
        people = max((_people(v) for k, _, v in parts if k == "people"), default=1)
        styles = tuple(_style_of(said, place) for place in range(people))
    except (ValueError, TypeError) as why:
        raise DanceError(f"--dancer-style {text}: {why}; {STYLE_HELP}") from None
    return Wanted(styles, songs[0] if songs else None)


def _style_of(said: list[tuple[str, str]], place: int) -> DancerStyle:
    """Return how the dancer in a place dances."""
    from kpopdance.realtime.devices.drawn_dancer import DancerStyle, Proportions

    lengths = {LENGTHS[k]: float(_for(v, place)) for k, v in said if k in LENGTHS}
    words = [(k, v) for k, v in said if k not in (*LENGTHS, "absent")]
    return DancerStyle(
        **dict(_style_word(k, _for(v, place)) for k, v in words),
        absent=tuple(_interval(v) for k, v in said if k == "absent"),
        proportions=Proportions(**lengths),
        seed=place,
    )


def _for(value: str, place: int) -> str:
    """Return what is said for a place, of values with strokes between them."""
    each = value.split("/")
    return each[place % len(each)]


def _people(text: str) -> int:
    people = int(text)
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(f"people are 1 to {MOST_PEOPLE}")
    return people


def _style_word(name: str, value: str) -> tuple[str, Any]:
    if name in ("mirrored", "still"):
        return name, True
    if name == "lateness_ms":
        return "lateness_s", float(value) / 1000
    if name in ("amplitude", "noise_deg", "dropped"):
        return name, float(value)
    raise ValueError(f"{name!r} is no word of it")


def _interval(text: str) -> tuple[float, float]:
    start, _, end = text.partition("-")
    return float(start), float(end)


def _drawn_px(people: int) -> tuple[int, int]:
    """Return the (width, height) of a picture of so many drawn dancers, px."""
    return (640 if people == 1 else people * TOGETHER_PX), 480


def _drawn(
    song: SongPack,
    song_s: Callable[[], float | None],
    clock: HostClock,
    wanted: Wanted,
) -> Camera:
    from kpopdance.realtime.devices.drawn_camera import DrawnCamera
    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer

    danced, people = wanted.song or song, wanted.people
    width, height = _drawn_px(people)
    dancers = [
        DrawnDancer(
            danced.members[(danced.lead + k) % len(danced.members)],
            wanted.styles[k],
            (height, width // people),
        )
        for k in range(people)
    ]
    return DrawnCamera(dancers, song_s, clock)
