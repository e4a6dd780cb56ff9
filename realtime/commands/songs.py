"""kpopdance songs: list and check song packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpopdance.engines.texts import drawable_line, one_form
from kpopdance.realtime.commands.common import say_missing, settings_from
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.library.pack_reader import find_pack, load_pack, pack_folders
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.library.store import Store, StoreError, store_file

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def run(args: argparse.Namespace) -> int:
    """List and check; return 2 where a pack is damaged."""
    from kpopdance.realtime.devices.audio_file import read_audio
    from kpopdance.realtime.devices.media_file import MediaError

    settings = settings_from(args)
    say_missing(settings)
    libraries = settings.libraries
    named = [find_pack(name, libraries) for name in args.song]
    best = _best_scores()
    rows = []
    for folder in named or pack_folders(libraries):
        row: dict[str, Any] = {
            "slug": one_form(folder.name),
            "folder": str(folder),
            "problem": "",
        }
        try:
            song = load_pack(folder)
            row |= _facts(song)
            row["problem"] = read_audio(song.audio or folder).warning
        except (SongPackError, MediaError) as why:
            row["problem"] = str(why)
        row["best_score"] = best.get(row["slug"])
        rows.append(row)
    if args.json:
        print_json({"songs": rows})
    else:
        print_result("\n".join(_line(row) for row in rows) or _nothing(libraries))
    return 2 if any(row["problem"] for row in rows) else 0


def _best_scores() -> dict[str, float]:
    try:
        return Store(store_file()).best_scores()
    except StoreError as why:
        say(f"warning: {why}")
        return {}


def _facts(song: SongPack) -> dict[str, Any]:
    return {
        "title": song.title, "artist": song.artist, "language": song.language,
        "bpm": song.bpm, "length_s": round(song.length_s, 1), "members": len(song.members),
        "licence": song.licence,
    }  # fmt: skip


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
