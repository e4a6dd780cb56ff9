"""The bundled songs in one table: how hard each is, and what dancing it, or not, earns.

``python -m tools.bench.scoring.bench_album [ID ...] [--live]`` prints it as Markdown. Of the lead, on
kids, normal and pro: the best of the cheats (standing in three ways, flailing, waving on the beat in
four), and the mirror image. ``--live`` lets the drawn dancer dance each song before the real
networks, in real time, too. The search is asked who dances two and four seconds from anywhere in one
of them, with a body and a way of their own; the first column counts how often the first answer is right.
"""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import STRICTNESS, Terms
from kpopdance.realtime.library.pack_reader import find_pack, load_pack, pack_folders
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.scoring.difficulty import difficulty_of
from kpopdance.realtime.search.guess import DanceLibrary
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.drawn_library import danced
from tools.bench.scoring.scoring_battery import Subject, flailing, standing_still

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpopdance.realtime.library.songpack import SongPack

SEARCHED_S: Final = (2.0, 4.0)
TRIES: Final = 10
HEAD: Final = (
    "| song | BPM | members | level | live | cheats: kids, normal, pro | mirrored | found: 2 s, 4 s |",
    "|---|---|---|---|---|---|---|---|",
)


def main() -> int:
    """Print the table; return 0, or 2 where a pack cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "songs", nargs="*", metavar="ID", help="all bundled ones if none is named"
    )
    parser.add_argument("--live", action="store_true", help="danced in real time, too")
    chosen = parser.parse_args()
    try:
        album = [load_pack(folder) for folder in pack_folders((BUNDLED,))]
        asked = [load_pack(find_pack(name, (BUNDLED,))) for name in chosen.songs] or album
        for line in chain(HEAD, lines_of(asked, album, live=chosen.live)):
            print(line, flush=True)
    except DanceError as why:
        print(why, file=sys.stderr)
        return 2
    return 0


def lines_of(
    asked: Sequence[SongPack], album: Sequence[SongPack], *, live: bool = False
) -> Iterator[str]:
    """Yield a line for each song asked for, from easy to hard; ``album`` is what is searched."""
    levels = {
        song.title: difficulty_of(song.members[song.lead], song.tempo).level for song in asked
    }
    library = library_of(album)
    for song in sorted(asked, key=lambda one: levels[one.title]):
        tempos = [song.bpm, *(bpm for _, bpm in song.tempo_changes)]
        cheats, mirrored = earned(song)
        told = (
            song.title, ", ".join(f"{bpm:g}" for bpm in tempos), str(len(song.members)),
            f"{levels[song.title]:.1f}", f"{live_score(song):.1f}" if live else "",
            ", ".join(f"{score:.1f}" for score in cheats), f"{max(mirrored):.1f}",
            ", ".join(f"{found(song, library, s)} of {TRIES}" for s in SEARCHED_S),
        )  # fmt: skip
        yield f"| {' | '.join(told)} |"


def earned(song: SongPack) -> tuple[list[float], list[float]]:
    """Return what the best cheat and what the mirror image earn on kids, normal and pro, 0..100."""
    cheats, mirrored = [], []
    for strictness in STRICTNESS:
        subject = Subject(
            song.title, song.members[song.lead], song.bpm, song.offset_s,
            terms=Terms(strictness=strictness), changes=song.tempo_changes,
        )  # fmt: skip
        cheats.append(
            max(one.measured for one in (*standing_still(subject), *flailing(subject)))
        )
        mirrored.append(subject.score(subject.seen(spoil.in_mirror(subject.joints))))
    return cheats, mirrored


def library_of(album: Sequence[SongPack]) -> DanceLibrary:
    """Return what the search knows of the songs."""
    library = DanceLibrary()
    for song in album:
        library.add(song.title, song.members)
    return library


def found(song: SongPack, library: DanceLibrary, seconds: float, tries: int = TRIES) -> int:
    """Return how often the search names a song first whose lead somebody danced for so long."""
    answers = (
        library.guess(danced(song.members[song.lead], seed).track, seconds=seconds).guesses
        for seed in range(tries)
    )
    return sum(guesses[0].song == song.title for guesses in answers if guesses)


def live_score(song: SongPack) -> float:
    """Return the score of the drawn dancer before the real networks, in real time, 0..100."""
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.dance.performance import open_performance
    from kpopdance.realtime.dance.unseen import dance_unseen
    from kpopdance.realtime.library.settings import Settings

    kit = make_kit(Settings(camera="dancer"))
    try:
        return dance_unseen(open_performance(kit, song)).report.score
    finally:
        kit.close()


if __name__ == "__main__":
    sys.exit(main())
