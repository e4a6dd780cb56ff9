"""kpopdance pose: skeletons of a picture or a video."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import (
    check_file,
    check_folder,
    refusing,
    write_beside,
    write_whole,
)
from kpopdance.realtime.commands.common import ANY_NUMBER, eyes_from, watched
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices.overlay import draw_skeletons, write_picture
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.pose.openpose_json import people_json
from kpopdance.realtime.pose.watcher import FULL_AREA_PX
from kpopdance.realtime.studio.looking import CLOSE_AREA_PX, people_in, poses_in_picture

if TYPE_CHECKING:
    import argparse

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame, Pose


def run(args: argparse.Namespace) -> int:
    """Find, write, report."""
    area = FULL_AREA_PX if args.fast else CLOSE_AREA_PX
    with VideoFile(args.file) as video:
        _check_targets(args, is_picture=video.still)
        eyes = eyes_from(settings_from(args), wanted=1 if video.still else ANY_NUMBER)
        if video.still:
            _picture(args, next(video.frames()), eyes, area)
        else:
            _video(args, video, eyes, area)
    return 0


def _check_targets(args: argparse.Namespace, *, is_picture: bool) -> None:
    """Refuse what could not be written."""
    if args.draw is not None:
        check_file(args.draw, inputs=[args.file])
    if args.out is not None and is_picture:
        check_file(args.out, inputs=[args.file])
    elif args.out is not None:
        check_folder(args.out)
    if (
        args.draw is not None
        and args.out is not None
        and args.draw.resolve() == args.out.resolve()
    ):
        raise DanceError(f"{args.out}: is both --out and --draw; give each a name")


def _picture(args: argparse.Namespace, frame: Frame, eyes: Eyes, area: int) -> None:
    poses = poses_in_picture(frame.image, eyes, area_px=area)
    if args.draw:
        write_picture(args.draw, draw_skeletons(frame.image, poses))
        say(f"wrote {args.draw}")
    if args.out:
        with refusing(args.out):
            write_beside(args.out, json.dumps(people_json(poses)))
        say(f"wrote {args.out}")
    if args.json:
        print_json(people_json(poses))
    else:
        print_result(f"{len(poses)} people")


def _video(args: argparse.Namespace, video: VideoFile, eyes: Eyes, area: int) -> None:
    if not (args.json or args.out or args.draw):
        raise DanceError("a video needs --json, or --out FOLDER or --draw VIDEO to write to")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, Any]] = []
    writer = VideoWriter(args.draw, video.info.fps) if args.draw else None
    try:
        people = people_in(video.frames(), eyes, area_px=area)
        with watched(video, "finding poses") as move, closing(people):
            for frame, poses in people:
                told.append(_seen(args, frame, poses, writer))
                move(frame)
        if writer is not None:
            writer.finish()
    finally:
        if writer is not None:
            writer.close()
    if args.json:
        print_json({"frames": told})
    else:
        most = max((len(frame["people"]) for frame in told), default=0)
        print_result(f"{len(told)} frames, at most {most} people at once")


def _seen(
    args: argparse.Namespace, frame: Frame, poses: list[Pose], writer: VideoWriter | None
) -> dict[str, Any]:
    """Write what is to be written of a frame; return its moment and people."""
    people = people_json(poses)
    if args.out:
        name = f"{args.file.stem}_{frame.index:012d}_keypoints.json"
        write_whole(args.out / name, json.dumps(people))
    if writer is not None:
        writer.add(draw_skeletons(frame.image, poses), frame.captured_s)
    return {"at_s": round(frame.captured_s, 4)} | people
