"""``kpopdance import``: a song that somebody shared, with your own recording of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tqdm import tqdm

from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.studio.bringing import bring

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def run(args: argparse.Namespace) -> int:
    """Import one song and say where it is."""
    library = settings_from(args).libraries[0]
    with tqdm(desc="listening", unit="file", leave=False, delay=2.0, disable=None) as progress:

        def hearing(path: Path) -> None:
            progress.set_postfix_str(path.name[:40], refresh=False)
            progress.update()

        brought = bring(
            args.file, library, audio=args.audio, folder=args.out,
            replace=args.replace, hearing=hearing,
        )  # fmt: skip
    told = {
        "folder": str(brought.folder), "title": brought.song.title,
        "shift_s": round(brought.later_s, 3),
    }  # fmt: skip
    if args.json:
        print_json(told)
    else:
        print_result(f"wrote {brought.folder}: {brought.song.title}")
        print_result(f"dance it: kpopdance play {brought.folder.name}")
    return 0
