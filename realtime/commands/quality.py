"""kpopdance quality: how well a song was recorded, as a page for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kpopdance.engines.files import check_file, refusing, write_beside
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.studio.quality import quality_of
from kpopdance.realtime.studio.quality_page import page_of, told

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Write the page and say where, or print the same as JSON."""
    folder = find_pack(args.song, settings_from(args).libraries)
    quality = quality_of(load_pack(folder))
    out: Path | None = args.out
    if out is not None or not args.json:
        out = out or Path(f"{quality.song.slug}-quality.html")
        check_file(out, inputs=[path for path in folder.iterdir() if path.is_file()])
        with refusing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            write_beside(out, page_of(quality))
    if args.json:
        print_json(told(quality) | {"file": None if out is None else str(out)})
        return 0
    print_result(f"wrote {out}: open it in a browser")
    for one in quality.again:
        print_result(
            f"{one.start_s:.1f} to {one.end_s:.1f} s, {quality.members[one.member].name}: "
            f"{one.what}; {one.remedy}"
        )
    return 0
