"""kpopdance mask: a film of which only OpenPose's coloured skeletons are left."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np
from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.common import (
    add_network_options,
    eyes_from,
    print_json,
    print_result,
    settings_from,
    watched,
)
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.overlay import Over, Painter
from kpopdance.realtime.devices.video_file import VideoFile, VideoInfo
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.pose.watcher import FULL_AREA_PX
from kpopdance.realtime.studio.masking import MaskingError, Scene, follow, masked

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame

ENDINGS: Final = (".gif", ".mp4", ".mkv", ".mov")
AREA_PX: Final = 656 * 368
GIF_FPS: Final = 20.0  # a GIF grows with every picture; 5 hundredths of a second each
GIF_MOST_FPS: Final = 50.0  # viewers slow down what asks for more
GIF_WIDTH: Final = {"black": 480, "picture": 360, "blur": 360}  # at most, unless wished
LEAST_PX, MOST_PX = 64, 4096
TIMES_SLACK_S: Final = 0.5  # files promise a little more or less than they hold
FPS_SLACK: Final = 0.02
PLACES: Final = ("lead", "left", "middle", "right")
SAMPLES: Final = 48  # small pictures from which a GIF's colours are chosen, at least half of it
SAMPLE_PX: Final = 96  # their width


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's options."""
    parser = commands.add_parser(
        "mask", help="mask a video down to its dancers' skeletons",
        description="Replace everybody in a video or animated GIF by OpenPose's coloured skeleton. "
        "Pictures keep their times; mp4, mkv and mov keep the sound.",
    )  # fmt: skip
    parser.add_argument("file", type=Path, help="a video or an animated GIF")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT",
        help="what to write: .gif, .mp4, .mkv or .mov",
    )  # fmt: skip
    parser.add_argument(
        "--over", choices=get_args(Over), default="black",
        help="what the skeletons are drawn over (default black)",
    )  # fmt: skip
    parser.add_argument(
        "--only", metavar="WHO[@S]", default="",
        help="one dancer alone, so that nothing tells how many there are: lead (the largest and "
        "most central), left, middle, right, or a number counted from the left; @S: as they stand "
        "at second S (default: where the most are first seen)",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=float, default=0.0, metavar="S", help="begin at second S"
    )
    parser.add_argument("--end", type=float, metavar="S", help="end at second S")
    parser.add_argument(
        "--width", type=int, metavar="PX",
        help="of what is written (default: the input's; GIFs at most 480, over pictures 360)",
    )  # fmt: skip
    parser.add_argument(
        "--fps", type=float,
        help=f"pictures per second of a GIF (default {GIF_FPS:g}; a GIF masked keeps its own)",
    )  # fmt: skip
    parser.add_argument("--fast", action="store_true", help="a smaller input, a third faster")
    parser.add_argument(
        "--json", action="store_true", help="print the result as one JSON object"
    )
    add_network_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Follow everybody, then draw; the file appears when it is whole."""
    who, moment_s = chosen_from(args.only)
    _check(args, moment_s)
    with VideoFile(args.file) as video:
        _check_times(args, moment_s, video.info.length_s)
        writer = _writer(args.out, video)
        try:
            eyes = eyes_from(settings_from(args))
            samples = _Samples(args.over) if isinstance(writer, GifWriter) else None
            whole = _follow(args, video, eyes, samples)
            scene = whole.only(who, moment_s) if who else whole
            facts = _write(args, video, scene, writer, samples)
        finally:
            writer.close()
    facts |= {
        "people": scene.most,
        "bytes": args.out.stat().st_size,
        "warnings": [video.warning] if video.warning else [],
        "network": eyes.name,
    }
    if args.json:
        print_json(facts)
    else:
        print_result(_words(facts))
    return 0


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


def _check(args: argparse.Namespace, moment_s: float | None) -> None:
    """Refuse what can be refused before anything is opened."""
    _check_out(args)
    ending = args.out.suffix.lower()
    if args.width is not None and not LEAST_PX <= args.width <= MOST_PX:
        raise DanceError(f"--width {args.width}: choose {LEAST_PX} to {MOST_PX} px")
    if args.fps is not None and ending != ".gif":
        raise DanceError(f"--fps is for GIFs; {ending[1:]} keeps every picture at its own time")
    if args.fps is not None and not 1 <= args.fps <= GIF_MOST_FPS:
        raise DanceError(f"--fps {args.fps:g}: choose 1 to {GIF_MOST_FPS:g}")
    end = math.inf if args.end is None else args.end
    if not 0 <= args.start < end:
        raise DanceError(f"--start {args.start:g}: choose a second from 0 to before --end")
    if moment_s is not None and not args.start <= moment_s <= end:
        raise DanceError(f"--only {args.only}: that second lies outside --start and --end")


def _check_out(args: argparse.Namespace) -> None:
    ending = args.out.suffix.lower()
    if ending not in ENDINGS:
        raise DanceError(f"{args.out}: cannot write that; let it end in {', '.join(ENDINGS)}")
    if args.out.is_dir():
        raise DanceError(f"{args.out}: is a folder; name the file to write")
    if args.out.exists() and args.file.exists() and args.out.samefile(args.file):
        raise DanceError(f"{args.out}: is the input itself; write to another name")
    if not args.out.parent.is_dir():
        raise DanceError(f"{args.out}: there is no folder {args.out.parent}; make it first")


def _check_times(
    args: argparse.Namespace, moment_s: float | None, length_s: float | None
) -> None:
    """Refuse seconds that the film does not have."""
    wished = ((f"--start {args.start:g}", args.start), (f"--end {args.end}", args.end),
              (f"--only {args.only}", moment_s))  # fmt: skip
    for name, second in wished:
        if second is not None and length_s is not None and second > length_s + TIMES_SLACK_S:
            raise DanceError(
                f"{name}: {args.file} is {length_s:.1f} s long; choose a second within"
            )


def _writer(out: Path, video: VideoFile) -> GifWriter | VideoWriter:
    """Return what writes; it tells at once where the place cannot be written to."""
    if out.suffix.lower() == ".gif":
        return GifWriter(out)
    return VideoWriter(out, video.info.fps)


def _follow(
    args: argparse.Namespace, video: VideoFile, eyes: Eyes, samples: _Samples | None
) -> Scene:
    """Return who dances between the wished seconds."""
    end_s = math.inf if args.end is None else args.end
    area = FULL_AREA_PX if args.fast else AREA_PX
    frames = video.frames(args.start, end_s)
    try:
        with watched(video, "finding poses", args.start, args.end) as move:

            def progress(frame: Frame) -> None:
                if samples is not None:
                    samples.step(frame.image)
                move(frame)

            scene = follow(frames, eyes, area_px=area, progress=progress)
    except MaskingError as why:
        raise MaskingError(f"{args.file}: {why}") from None
    return replace(scene, ends_s=min(video.ends_s, end_s))


def _write(
    args: argparse.Namespace,
    video: VideoFile,
    scene: Scene,
    writer: GifWriter | VideoWriter,
    samples: _Samples | None,
) -> dict[str, Any]:
    """Draw and write every picture; return what can be told of it."""
    begin_s = float(scene.at_s[0])
    scene = scene.placed(_size(args, scene.size))
    if isinstance(writer, GifWriter):
        scene, sound = _for_gif(args, scene, video.info), "none"
        times = (scene.at_s - begin_s).tolist()
        writer.expect(
            times, scene.ends_s - begin_s, JOINT_COLOURS, samples.kept if samples else ()
        )
    else:
        end_s = None if args.end is None else video.begins_s + scene.ends_s
        sound = writer.keep_sound(args.file, video.begins_s + begin_s, end_s)
    painter = Painter(scene.size, args.over)
    with VideoFile(args.file) as again:
        film = None if args.over == "black" else again.frames(args.start)
        drawn = masked(scene, painter, film)
        for image, at_s in tqdm(
            drawn, desc="drawing", total=len(scene.at_s), file=sys.stderr, leave=False,
            bar_format="{desc}: {percentage:3.0f}% |{bar}| {remaining} left",
        ):  # fmt: skip
            writer.add(image, at_s - begin_s)
    writer.finish(scene.ends_s - begin_s)
    return {
        "file": str(args.out), "length_s": round(scene.ends_s - begin_s, 3),
        "pictures": len(scene.at_s), "size": list(scene.size), "sound": sound,
    }  # fmt: skip


def _size(args: argparse.Namespace, size: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height of what is written, px."""
    is_gif = args.out.suffix.lower() == ".gif"
    width = args.width or (min(size[0], GIF_WIDTH[args.over]) if is_gif else size[0])
    height = max(round(width * size[1] / size[0]), 2)
    return (width, height) if is_gif else (width // 2 * 2, height // 2 * 2)


def _for_gif(args: argparse.Namespace, scene: Scene, info: VideoInfo) -> Scene:
    """Return the scene at a GIF's pictures: its own, or as many a second as are wished."""
    fps = args.fps or (info.fps if info.kind == "gif" else GIF_FPS)
    if info.fps <= fps * (1 + FPS_SLACK):
        return scene
    count = math.ceil((scene.ends_s - scene.at_s[0]) * fps - FPS_SLACK)
    at_s = scene.at_s[0] + np.arange(max(count, 1)) / fps
    # Between two pictures of the film the dancers can move on, the picture behind them cannot.
    return scene.eased(at_s) if args.over == "black" else scene.shown(at_s)


def _words(facts: dict[str, Any]) -> str:
    width, height = facts["size"]
    sound = {"none": "no sound", "copied": "sound kept", "encoded": "sound kept (as AAC)"}
    people = "1 person" if facts["people"] == 1 else f"{facts['people']} people"
    return (
        f"wrote {facts['file']}: {facts['length_s']:.1f} s, {facts['pictures']} pictures of "
        f"{width} x {height}, {people}, {sound[facts['sound']]}, {facts['bytes'] / 1e6:.1f} MB"
    )
