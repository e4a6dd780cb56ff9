"""The battery: twenty properties of a fair score, measured on many songs, beside others' scorers.

``python -m tools.bench.scoring.bench_scoring [SONG ...] [--songs N] [--rivals] [--json]`` measures
twelve generated songs (of as many styles), every bundled song, and the songs named (packs of your
library or folders). It prints property, target, what was measured, and on how many songs it held.
With ``--pair``, ``--group`` and ``--other`` it measures dancers of real videos instead, and with
``--plot FOLDER`` it draws.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
from platformdirs import user_cache_path

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.common import wished_eyes
from kpopdance.realtime.core.terms import STRICTNESS, USUAL, Terms
from kpopdance.realtime.library.pack_reader import find_pack, load_pack, pack_folders
from kpopdance.realtime.library.settings import Settings, read_settings
from kpopdance.realtime.library.songpack import BUNDLED
from tools.bench.scoring import real_pairs, scoring_plots
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.generated_dances import FPS, STYLES, choreography, generated
from tools.bench.scoring.rival_scorers import RIVALS
from tools.bench.scoring.scoring_battery import Finding, Subject, findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FIRST_SEED: Final = 100
SAME_TEMPO: Final = 3  # other dances to the same beat


def main() -> int:
    """Measure and print; return 0, or 2 where a song or video cannot be read."""
    chosen = _options().parse_args()
    terms = Terms(strictness=chosen.strictness)
    try:
        if chosen.plot is not None:
            scoring_plots.pyplot()  # missing, it is said before the long work
            chosen.plot.mkdir(parents=True, exist_ok=True)
        if chosen.pair or chosen.group or chosen.other:
            _measure_videos(chosen, terms)
        elif chosen.plot is not None:
            songs = list(scoring_plots.drawn_songs(chosen.songs))
            scoring_plots.scoring(scoring_plots.curves(songs), chosen.plot / "scoring.png")
        else:
            _measure_songs(chosen, terms)
    except DanceError as why:
        print(why, file=sys.stderr)
        return 2
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("named", nargs="*", metavar="SONG", help="packs to measure too")
    parser.add_argument(
        "--songs", type=int, default=len(STYLES), help="how many generated songs"
    )
    parser.add_argument(
        "--rivals", action="store_true", help="print what others' scorers give instead"
    )
    parser.add_argument(
        "--strictness", choices=STRICTNESS, default="normal", help="on which terms (normal)"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--plot", type=Path, metavar="FOLDER",
        help="draw instead: scoring.png of generated songs on all terms; of videos real.png, "
        "beside what is printed (needs the extra [bench])",
    )  # fmt: skip
    videos = parser.add_argument_group(
        "real dancers", "with any of --pair, --group and --other only the videos are measured"
    )
    videos.add_argument(
        "--pair", nargs=2, type=Path, action="append", default=[],
        metavar=("REFERENCE", "PLAYER"), help="two videos of one choreography",
    )  # fmt: skip
    videos.add_argument(
        "--group", nargs=2, action="append", default=[], metavar=("VIDEO", "N"),
        help="N dancers, counted from the left, who dance the same in one video",
    )  # fmt: skip
    videos.add_argument(
        "--other", type=Path, action="append", default=[], metavar="VIDEO",
        help="another dance, which nobody else's should score for",
    )  # fmt: skip
    videos.add_argument(
        "--poses", type=Path, metavar="FOLDER",
        default=user_cache_path("kpopdance", appauthor=False) / "poses",
        help="where what the networks saw is kept (%(default)s)",
    )  # fmt: skip
    return parser


def _measure_videos(chosen: argparse.Namespace, terms: Terms) -> None:
    groups = [(Path(video), _dancers(count)) for video, count in chosen.group]
    dances = real_pairs.dances_in(
        chosen.pair, groups, chosen.other, wished_eyes(Settings()), kept_in=chosen.poses,
        terms=terms,
    )  # fmt: skip
    true, false = real_pairs.true_pairs(dances), real_pairs.false_pairs(dances)
    if chosen.json:
        print(json.dumps(real_pairs.facts_of(true, false), indent=1))
    else:
        print("\n".join(real_pairs.lines_of(true, false)))
    if chosen.plot is not None:
        out = chosen.plot / "real.png"
        scoring_plots.real(true, false, out, strictness=terms.strictness)


def _dancers(count: str) -> int:
    if not count.isdecimal() or int(count) < 2:
        raise DanceError(f"--group: {count} dancers; say how many dance the same, 2 or more")
    return int(count)


def _measure_songs(chosen: argparse.Namespace, terms: Terms) -> None:
    subjects = [*generated_subjects(chosen.songs, terms), *pack_subjects(chosen.named, terms)]
    if chosen.rivals:
        print("\n".join(beside_rivals(subjects)))
        return
    results = {}
    for subject in subjects:
        began = perf_counter()
        results[subject.name] = findings(subject)
        broken = [f"{f.what} {f.measured:.1f}" for f in results[subject.name] if not f.held]
        print(
            f"{subject.name}: {len(results[subject.name]) - len(broken)} of "
            f"{len(results[subject.name])} held ({perf_counter() - began:.0f} s)"
            + "".join(f"; {text}" for text in broken),
            file=sys.stderr,
        )
    if chosen.json:
        told = {name: [asdict(found) for found in each] for name, each in results.items()}
        print(json.dumps(told, indent=1))
    else:
        print("\n".join(table(results)))


def generated_subjects(count: int, terms: Terms = USUAL) -> Iterator[Subject]:
    """Yield generated songs, each of another style, with dances that are not theirs."""
    names = [list(STYLES)[k % len(STYLES)] for k in range(count)]
    figures = {
        f"{name} {k + 1}": generated(STYLES[name], FIRST_SEED + k)
        for k, name in enumerate(names)
    }
    for k, (title, figure) in enumerate(figures.items()):
        style = STYLES[names[k]]
        others = {name: one.joints() for name, one in figures.items() if name != title}
        for seed in range(SAME_TEMPO):
            dance = generated(style, FIRST_SEED + 400 + 10 * k + seed)
            others[f"same tempo, {seed}"] = dance.joints()
        yield Subject(
            title, choreography(figure), style.bpm, others=others, figure=figure, terms=terms
        )


def pack_subjects(named: list[str], terms: Terms = USUAL) -> Iterator[Subject]:
    """Yield the bundled songs and those named, every member's dance."""
    libraries = read_settings(None).libraries
    folders = [*pack_folders((BUNDLED,)), *(find_pack(name, libraries) for name in named)]
    others = {name: generated(STYLES[name], FIRST_SEED + 900).joints() for name in STYLES}
    for folder in dict.fromkeys(Path(folder).resolve() for folder in folders):
        song = load_pack(folder)
        dance = song.members[song.lead]
        yield Subject(
            song.title, dance, song.bpm, song.offset_s, others=others, terms=terms,
            changes=song.tempo_changes,
        )  # fmt: skip


def table(results: dict[str, list[Finding]]) -> list[str]:
    """Return the lines of the table over all songs."""
    rows: dict[tuple[int, str, str], list[Finding]] = {}
    for each in results.values():
        for one in each:
            rows.setdefault((one.number, one.what, one.target), []).append(one)
    lines = [f"{'':4s}{'property':48s} {'target':>10s} {'median':>8s} {'worst':>8s}  held"]
    for (number, what, target), found in sorted(rows.items()):
        values: NDArray[np.float64] = np.array([one.measured for one in found])
        held = sum(one.held for one in found)
        worst = values.min() if target.startswith(">") else values.max()
        mark = "" if held == len(found) else "  <--"
        lines.append(
            f"{number:3d} {what:48s} {target:>10s} {np.median(values):8.1f} {worst:8.1f}  "
            f"{held} of {len(found)}{mark}"
        )
    return lines


def beside_rivals(subjects: list[Subject]) -> list[str]:
    """Return the lines of a table: what this judge and others' scorers give the same players."""
    scorers = {"this game": None} | {rival.label: rival for rival in RIVALS.values()}
    columns = [_players(song) for song in subjects]
    lines = [f"{'':26s}" + "".join(f"{player:>16s}" for player in columns[0])]
    for label, rival in scorers.items():
        means = []
        for player in columns[0]:
            given = [
                song.score(joints[player])
                if rival is None
                else rival.score(song.joints, joints[player], FPS) / rival.top * 100
                for song, joints in zip(subjects, columns, strict=True)
            ]
            means.append(float(np.mean(given)))
        lines.append(f"{label:26s}" + "".join(f"{mean:16.0f}" for mean in means))
    return lines


def _players(song: Subject) -> dict[str, NDArray[np.float32]]:
    """Return the players of the table by name: joints from the song's first row on."""
    beginner = spoil.styled(song.joints, 9, 25)
    mean = np.broadcast_to(np.nanmean(song.joints, axis=0), song.joints.shape)
    other = next(iter(song.others.values()))
    rows = np.arange(len(song.joints)) % len(other)
    players = {
        "itself": song.joints,
        "good": _later(spoil.styled(song.joints, 7, 8), 0.03),
        "beginner": _later(beginner, 0.1),
        "stands still": mean.astype(np.float32),
        "another dance": other[rows],
        "mirrored": spoil.in_mirror(song.joints),
        "a beat late": _later(song.joints, 60 / song.bpm),
    }
    return {name: song.seen(joints) for name, joints in players.items()}


def _later(joints: NDArray[np.float32], late_s: float) -> NDArray[np.float32]:
    """Return the dance danced later: the first row is held until then."""
    rows = np.clip(np.arange(len(joints)) - round(late_s * FPS), 0, None)
    return joints[rows]


if __name__ == "__main__":
    sys.exit(main())
