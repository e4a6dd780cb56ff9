"""kpopdance mask: a film of which only OpenPose's coloured skeletons are left."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from kpopdance.realtime.commands.common import ANY_NUMBER, eyes_from, watched
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.pose.watcher import FULL_AREA_PX
from kpopdance.realtime.studio.looking import CLOSE_AREA_PX
from kpopdance.realtime.studio.mask_film import MaskWish, check_mask, mask_open_video

if TYPE_CHECKING:
    import argparse

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.studio.mask_film import Drawn


def run(args: argparse.Namespace) -> int:
    """Follow everybody, then draw; the file appears when it is whole."""
    wish = MaskWish(
        args.over, args.only, args.start, args.end, args.width, args.fps,
        FULL_AREA_PX if args.fast else CLOSE_AREA_PX,
    )  # fmt: skip
    check_mask(args.file, args.out, wish)
    opened: list[Eyes] = []

    def networks() -> Eyes:
        opened.append(eyes_from(settings_from(args), wanted=ANY_NUMBER))
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
