"""A film masked from file to file: everybody followed, then drawn; what is written appears whole."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_file
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.overlay import Over, Painter
from kpopdance.realtime.devices.video_file import VideoFile, VideoInfo
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.studio.looking import CLOSE_AREA_PX, unwatched
from kpopdance.realtime.studio.masking import MaskingError, Scene, follow, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.studio.looking import Watching

    Drawn = Iterator[tuple[NDArray[np.uint8], float]]

ENDINGS: Final = (".gif", ".mp4", ".mkv", ".mov")
GIF_FPS: Final = 20.0  # a GIF grows with every picture; 5 hundredths of a second each
GIF_MOST_FPS: Final = 50.0  # viewers slow down what asks for more
GIF_WIDTH: Final = {"black": 480, "picture": 360, "blur": 360}  # at most, unless wished
LEAST_PX, MOST_PX = 64, 4096
TIMES_SLACK_S: Final = 0.5  # files promise a little more or less than they hold
FPS_SLACK: Final = 0.02
PLACES: Final = ("lead", "left", "middle", "right")
SAMPLES: Final = 48  # small pictures from which a GIF's colours are chosen, at least half of it
SAMPLE_PX: Final = 96  # their width


@dataclass(frozen=True, slots=True)
class MaskWish:
    """How a film is to be masked.

    Attributes
    ----------
    over : str
        What skeletons are drawn over: ``black``, the ``picture``, or the picture's ``blur``.
    only : str
        One dancer alone: ``lead``, ``left``, ``middle``, ``right`` or a number counted from the
        left, from 1; with ``@S`` as they stand at second S. Empty: everybody.
    start_s, end_s : float
        Which part of the film; None: to its end.
    width : int, optional
        Of what is written, px; the film's if left out, but for GIFs at most 480.
    fps : float, optional
        Pictures a second of a GIF; 20 if left out.
    area_px : int
        As in ``poses_in_picture``.

    Examples
    --------
    >>> import kpopdance
    >>> kpopdance.MaskWish(over="blur", only="2@4.5").over
    'blur'
    """

    over: Over = "black"
    only: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    width: int | None = None
    fps: float | None = None
    area_px: int = CLOSE_AREA_PX

    @property
    def until_s(self) -> float:
        """Where it ends, for comparisons."""
        return math.inf if self.end_s is None else self.end_s


@dataclass(frozen=True, slots=True)
class MaskedFilm:
    """What was written: ``sound`` is ``none``, ``copied`` or ``encoded``; ``size`` (w, h) px.

    ``people`` are seen at once at most; ``warning`` says what was wrong with the film.
    """

    length_s: float
    pictures: int
    size: tuple[int, int]
    sound: str
    people: int
    warning: str


def mask_video(path: Path, out: Path, eyes: Eyes, wish: MaskWish | None = None) -> MaskedFilm:
    """Replace everybody in a film by OpenPose's coloured skeleton.

    Parameters
    ----------
    path : Path
        A video or an animated GIF.
    out : Path
        What to write: .gif, .mp4, .mkv or .mov. Pictures keep their times, all but GIFs the sound.
    eyes : Eyes
        See ``open_eyes``.
    wish : MaskWish, optional
        What is drawn of it; all of it, over black, if left out.

    Raises
    ------
    DanceError
        Where something is wished for that cannot be, or a file cannot be read or written.
    MaskingError
        Where nobody is seen dancing in it, or not who was wished for.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> film = kpopdance.drawn_film(Path("steps.mp4"), song.members[song.lead], 40, 40.6)
    >>> told = kpopdance.mask_video(film, Path("masked.gif"), kpopdance.open_eyes())
    >>> told.people, told.size
    (1, (480, 360))
    """
    wish = wish or MaskWish()
    check_mask(path, out, wish)
    with VideoFile(path) as video:
        return mask_open_video(video, out, wish, lambda: eyes)


def mask_open_video(
    video: VideoFile,
    out: Path,
    wish: MaskWish,
    open_networks: Callable[[], Eyes],
    watching: Watching = unwatched,
    drawing: Callable[[Drawn, int], Drawn] = lambda drawn, _count: drawn,
) -> MaskedFilm:
    """Mask a film; see ``mask_video``.

    The networks are opened when it is sure that the film has the seconds wished for and the place
    can be written to. ``drawing`` is shown the pictures on their way, and how many come.
    """
    _check_times(video, wish)
    writer = (
        GifWriter(out) if out.suffix.lower() == ".gif" else VideoWriter(out, video.info.fps)
    )
    try:
        eyes = open_networks()
        samples = _Samples(wish.over) if isinstance(writer, GifWriter) else None
        scene = _followed(video, eyes, wish, samples, watching)
        who, moment_s = chosen_from(wish.only)
        if who:
            scene = scene.only(who, moment_s)
        begin_s = float(scene.at_s[0])
        scene = scene.placed(_size(out, wish, scene.size))
        if isinstance(writer, GifWriter):
            scene, sound = _for_gif(wish, scene, video.info), "none"
            times = (scene.at_s - begin_s).tolist()
            kept = samples.kept if samples else ()
            writer.expect(times, scene.ends_s - begin_s, JOINT_COLOURS, kept)
        else:
            end_s = None if wish.end_s is None else video.begins_s + scene.ends_s
            sound = writer.keep_sound(video.path, video.begins_s + begin_s, end_s)
        _draw(video.path, wish, scene, writer, drawing)
    finally:
        writer.close()
    length_s = scene.ends_s - begin_s
    return MaskedFilm(length_s, len(scene.at_s), scene.size, sound, scene.most, video.warning)


def check_mask(path: Path, out: Path, wish: MaskWish) -> None:
    """Refuse what can be refused before anything is opened."""
    _, moment_s = chosen_from(wish.only)
    _check_out(path, out)
    ending = out.suffix.lower()
    if wish.width is not None and not LEAST_PX <= wish.width <= MOST_PX:
        raise DanceError(f"--width {wish.width}: choose {LEAST_PX} to {MOST_PX} px")
    if wish.fps is not None and ending != ".gif":
        raise DanceError(f"--fps is for GIFs; {ending[1:]} keeps every picture at its own time")
    if wish.fps is not None and not 1 <= wish.fps <= GIF_MOST_FPS:
        raise DanceError(f"--fps {wish.fps:g}: choose 1 to {GIF_MOST_FPS:g}")
    if not 0 <= wish.start_s < wish.until_s:
        raise DanceError(f"--start {wish.start_s:g}: choose a second from 0 to before --end")
    if moment_s is not None and not wish.start_s <= moment_s <= wish.until_s:
        raise DanceError(f"--only {wish.only}: that second lies outside --start and --end")


def chosen_from(text: str) -> tuple[str, float | None]:
    """Return who and when in ``lead``, ``2`` or ``2@4.5``; empty for an empty text."""
    who, at, second = text.partition("@")
    try:
        at_s = float(second) if at else None
        fine = who in PLACES or int(who) >= 1
    except ValueError:
        fine, at_s = not text, None
    if not fine or (at_s is not None and not 0 <= at_s < math.inf):
        raise DanceError(
            f"--only {text}: choose {', '.join(PLACES)} or a number counted from the left, from 1; "
            "with @S as they stand at second S, e.g. 2@4.5"
        )
    return who, at_s


class _Samples:
    """Keeps small pictures from all over a film, of which a GIF's colours are made."""

    def __init__(self, over: Over) -> None:
        self._over = over
        self._every, self._count = 1, 0
        self.kept: list[NDArray[np.uint8]] = []

    def step(self, image: NDArray[np.uint8]) -> None:
        """Take the next picture in."""
        if self._over != "black" and self._count % self._every == 0:
            height = round(SAMPLE_PX * image.shape[0] / image.shape[1])
            self.kept.append(Painter((SAMPLE_PX, max(height, 1)), self._over).backdrop(image))
        if len(self.kept) == 2 * SAMPLES:
            self.kept, self._every = self.kept[::2], 2 * self._every
        self._count += 1


def _check_out(path: Path, out: Path) -> None:
    if out.suffix.lower() not in ENDINGS:
        raise DanceError(f"{out}: cannot write that; let it end in {', '.join(ENDINGS)}")
    check_file(out, inputs=[path])


def _check_times(video: VideoFile, wish: MaskWish) -> None:
    """Refuse seconds that the film does not have."""
    wished = ((f"--start {wish.start_s:g}", wish.start_s), (f"--end {wish.end_s}", wish.end_s),
              (f"--only {wish.only}", chosen_from(wish.only)[1]))  # fmt: skip
    length_s = video.info.length_s
    for name, second in wished:
        if second is not None and length_s is not None and second > length_s + TIMES_SLACK_S:
            raise DanceError(
                f"{name}: {video.path} is {length_s:.1f} s long; choose a second within"
            )


def _followed(
    video: VideoFile, eyes: Eyes, wish: MaskWish, samples: _Samples | None, watching: Watching
) -> Scene:
    """Return who dances between the wished seconds."""
    frames = video.frames(wish.start_s, wish.until_s)
    try:
        with watching(video, "finding poses") as move:

            def progress(frame: Frame) -> None:
                if samples is not None:
                    samples.step(frame.image)
                move(frame)

            scene = follow(frames, eyes, area_px=wish.area_px, progress=progress)
    except MaskingError as why:
        raise MaskingError(f"{video.path}: {why}") from None
    return replace(scene, ends_s=min(video.ends_s, wish.until_s))


def _draw(
    path: Path,
    wish: MaskWish,
    scene: Scene,
    writer: GifWriter | VideoWriter,
    drawing: Callable[[Drawn, int], Drawn],
) -> None:
    """Draw and write every picture of a scene."""
    begin_s = float(scene.at_s[0])
    painter = Painter(scene.size, wish.over)
    with VideoFile(path) as again:
        film = None if wish.over == "black" else again.frames(wish.start_s)
        for image, at_s in drawing(masked(scene, painter, film), len(scene.at_s)):
            writer.add(image, at_s - begin_s)
    writer.finish(scene.ends_s - begin_s)


def _size(out: Path, wish: MaskWish, size: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height of what is written, px."""
    is_gif = out.suffix.lower() == ".gif"
    width = wish.width or (min(size[0], GIF_WIDTH[wish.over]) if is_gif else size[0])
    height = max(round(width * size[1] / size[0]), 2)
    return (width, height) if is_gif else (width // 2 * 2, height // 2 * 2)


def _for_gif(wish: MaskWish, scene: Scene, info: VideoInfo) -> Scene:
    """Return the scene at a GIF's pictures: its own, or as many a second as are wished."""
    fps = wish.fps or (info.fps if info.kind == "gif" else GIF_FPS)
    if info.fps <= fps * (1 + FPS_SLACK):
        return scene
    count = math.ceil((scene.ends_s - scene.at_s[0]) * fps - FPS_SLACK)
    at_s = scene.at_s[0] + np.arange(max(count, 1)) / fps
    # Between two pictures of the film the dancers can move on, the picture behind them cannot.
    return scene.eased(at_s) if wish.over == "black" else scene.shown(at_s)
