"""What a random play dance plays, written down: as text, as a table (CSV), for a music player (M3U)."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.files import refusing, write_beside
from kpopdance.engines.texts import drawable_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.songpack import Excerpt, SongPack

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would calculate with, at the begin of a cell."""


def write_list(path: Path, song: SongPack) -> None:
    """Write the list as the file's name ends: .csv, .m3u, .m3u8 or anything else for text.

    Raises
    ------
    DanceError
        Where it cannot be written, or as a folder.
    """
    with refusing(path):
        write_beside(path, WAYS.get(path.suffix.lower(), as_text)(song))


def as_text(song: SongPack) -> str:
    """Return a line for each song: when it comes, what it is."""
    lines = [f"{song.title} · {song.artist}", ""]
    for number, excerpt in enumerate(song.excerpts, 1):
        minutes, seconds = divmod(round(excerpt.danced_s[0]), 60)
        lines.append(f"{number:2}. {minutes}:{seconds:02d}  {_name(excerpt)}")
    return "\n".join([*lines, ""])


def rows_of(song: SongPack) -> list[dict[str, Any]]:
    """Return what is told of each song; seconds of the whole, and of the song itself."""
    return [
        {
            "number": number, "at_s": round(each.danced_s[0], 2), "title": each.song.title,
            "artist": each.song.artist, "song": each.song.slug,
            "from_s": round(each.from_s + each.lead_s, 2),
            "to_s": round(each.from_s + each.end_s, 2),
        }
        for number, each in enumerate(song.excerpts, 1)
    ]  # fmt: skip


def as_table(song: SongPack) -> str:
    """Return CSV."""
    out = io.StringIO()
    table = csv.writer(out)
    rows = rows_of(song)
    table.writerow(rows[0])
    for row in rows:
        table.writerow([_harmless(told) for told in row.values()])
    return out.getvalue()


def as_playlist(song: SongPack) -> str:
    """Return M3U; players that know VLC's options play the excerpts alone."""
    lines = ["#EXTM3U", f"#PLAYLIST:{drawable_line(song.title)}"]
    for each in song.excerpts:
        from_s, to_s = each.from_s + each.lead_s, each.from_s + each.end_s
        lines += [
            f"#EXTINF:{round(to_s - from_s)},{_name(each)}",
            f"#EXTVLCOPT:start-time={from_s:.2f}",
            f"#EXTVLCOPT:stop-time={to_s:.2f}",
            _place(each.song.audio),
        ]
    return "\n".join([*lines, ""])


WAYS: Final[dict[str, Callable[[SongPack], str]]] = {
    ".csv": as_table, ".m3u": as_playlist, ".m3u8": as_playlist,
}  # fmt: skip


def _place(audio: Path | None) -> str:
    """Return a path on one line, whatever it holds."""
    path = Path() if audio is None else audio.absolute()
    return os.fspath(path) if os.fspath(path).isprintable() else path.as_uri()


def _name(excerpt: Excerpt) -> str:
    named = filter(None, (excerpt.song.artist, excerpt.song.title))
    return drawable_line(" - ".join(named))


def _harmless(told: object) -> object:
    return f"'{told}" if isinstance(told, str) and told.startswith(FORMULA) else told
