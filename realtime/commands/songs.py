"""kpopdance songs: list and check song packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import drawable_line, one_form
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import say_missing, settings_from
from kpopdance.realtime.library.checked_packs import check_pack
from kpopdance.realtime.library.pack_reader import find_pack, pack_folders
from kpopdance.realtime.library.store import Store, StoreError, store_file

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def run(args: argparse.Namespace) -> int:
    """List and check; return 2 where a pack is damaged."""
    settings = settings_from(args)
    say_missing(settings)
    libraries = settings.libraries
    named = [find_pack(name, libraries) for name in args.song]
    best = _best_scores()
    rows = [_row(folder, best) for folder in named or pack_folders(libraries)]
    if args.json:
        print_json({"songs": rows})
    else:
        print_result("\n".join(_line(row) for row in rows) or _nothing(libraries))
    return 2 if any(row["problem"] for row in rows) else 0


def _row(folder: Path, best: dict[str, float]) -> dict[str, Any]:
    """Return what is told of a pack."""
    row: dict[str, Any] = {
        "slug": one_form(folder.name),
        "folder": str(folder),
        "problem": "",
    }
    try:
        files, extent, row["problem"] = check_pack(folder, _sound_warning)
    except DanceError as why:
        row["problem"] = str(why)
    else:
        told, video = files.told, files.video
        if video is not None and not video.is_file():
            say(
                f"warning: {video}: the video of {row['slug']} is not there; its coach is drawn"
            )
        row |= {
            "title": told.title, "artist": told.artist, "language": told.language, "bpm": told.bpm,
            "length_s": round(extent.length_s, 1), "members": extent.members,
            "licence": told.licence, "creator": told.creator, "year": told.year,
            "tags": list(told.tags), "video": str(video or ""), "unknown": sorted(files.other),
        }  # fmt: skip
    row["best_score"] = best.get(row["slug"])
    return row


def _sound_warning(path: Path) -> str:
    from kpopdance.realtime.devices.audio_file import read_audio

    return read_audio(path).warning


def _best_scores() -> dict[str, float]:
    try:
        return Store(store_file()).best_scores()
    except StoreError as why:
        say(f"warning: {why}")
        return {}


def _line(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"{row['slug']:<24} DAMAGED  {row['problem']}"
    name = " - ".join(filter(None, (row["title"], row["artist"])))
    name = drawable_line(name)
    minutes, seconds = divmod(round(row["length_s"]), 60)
    best = "not danced yet" if row["best_score"] is None else f"best {row['best_score']:.0f}"
    return (
        f"{row['slug']:<24} {name} ({row['language']}), "
        f"{minutes}:{seconds:02d}, {row['bpm']:g} bpm, {row['members']} members, {best}"
    )


def _nothing(libraries: tuple[Path, ...]) -> str:
    places = " or ".join(str(library) for library in libraries)
    return f"no songs in {places}; record one with: kpopdance record VIDEO"
