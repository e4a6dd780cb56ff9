"""kpopdance mask: a film of which only OpenPose's coloured skeletons are left."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, get_args

from tqdm import tqdm

from kpopdance.realtime.commands.command_line import a_file, a_number, a_target
from kpopdance.realtime.commands.common import (
    add_network_options,
    eyes_from,
    print_json,
    print_result,
    settings_from,
    watched,
)
from kpopdance.realtime.devices.overlay import Over
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.pose.watcher import FULL_AREA_PX
from kpopdance.realtime.studio.looking import CLOSE_AREA_PX
from kpopdance.realtime.studio.mask_film import GIF_FPS, MaskWish, check_mask, mask_open_video

if TYPE_CHECKING:
    import argparse

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.studio.mask_film import Drawn


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's options."""
    parser = commands.add_parser(
        "mask", help="mask a video down to its dancers' skeletons",
        description="Replace everybody in a video or animated GIF by OpenPose's coloured skeleton. "
        "Pictures keep their times; mp4, mkv and mov keep the sound.",
    )  # fmt: skip
    parser.add_argument("file", type=a_file, help="a video or an animated GIF")
    parser.add_argument(
        "-o", "--out", type=a_target, required=True, metavar="OUT",
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
        "--start", type=a_number, default=0.0, metavar="S", help="begin at second S"
    )
    parser.add_argument("--end", type=a_number, metavar="S", help="end at second S")
    parser.add_argument(
        "--width", type=int, metavar="PX",
        help="of what is written (default: the input's; GIFs at most 480, over pictures 360)",
    )  # fmt: skip
    parser.add_argument(
        "--fps", type=a_number,
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
    wish = MaskWish(
        args.over, args.only, args.start, args.end, args.width, args.fps,
        FULL_AREA_PX if args.fast else CLOSE_AREA_PX,
    )  # fmt: skip
    check_mask(args.file, args.out, wish)
    opened: list[Eyes] = []

    def networks() -> Eyes:
        opened.append(eyes_from(settings_from(args)))
        return opened[0]

    with VideoFile(args.file) as video:
        told = mask_open_video(
            video, args.out, wish, networks,
            watching=lambda video, what: watched(video, what, args.start, args.end),
            drawing=_shown,
        )  # fmt: skip
    facts = {
        "file": str(args.out), "length_s": round(told.length_s, 3), "pictures": told.pictures,
        "size": list(told.size), "sound": told.sound, "people": told.people,
        "bytes": args.out.stat().st_size,
        "warnings": [told.warning] if told.warning else [], "network": opened[0].name,
    }  # fmt: skip
    if args.json:
        print_json(facts)
    else:
        print_result(_words(facts))
    return 0


def _shown(drawn: Drawn, count: int) -> Drawn:
    """Show how far the drawing is."""
    return iter(tqdm(
        drawn, desc="drawing", total=count, file=sys.stderr, leave=False,
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {remaining} left",
    ))  # fmt: skip


def _words(facts: dict[str, Any]) -> str:
    width, height = facts["size"]
    sound = {"none": "no sound", "copied": "sound kept", "encoded": "sound kept (as AAC)"}
    people = "1 person" if facts["people"] == 1 else f"{facts['people']} people"
    return (
        f"wrote {facts['file']}: {facts['length_s']:.1f} s, {facts['pictures']} pictures of "
        f"{width} x {height}, {people}, {sound[facts['sound']]}, {facts['bytes'] / 1e6:.1f} MB"
    )
