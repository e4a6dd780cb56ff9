"""How well and how fast a library's song is guessed from a few seconds of dancing.

``python -m tools.bench.scoring.bench_guess [--songs 1000] [--players 100] [--json]`` draws songs
and dancers (60 to
140 % amplitude, 4 to 12 degrees of noise, tempo off by up to 5 %, jitter up to 150 ms, 15 to 30 pictures
a second, joints unseen) and prints: right first and in the first three, by seconds danced and library
size; time per answer beside brute force; ways of dancing; false alarms; how true certainties are.
``--pair PLAYER REFERENCE`` (videos of one dance; ``--other VIDEO`` joins the library) measures real
dancers among the drawn songs instead. ``--calibrate`` fits the certainty's numbers on other songs and
dancers than those measured here. The plan for 1,000,000 songs is in ``realtime/search/guess.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from platformdirs import user_cache_path
from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.common import wished_eyes
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.search import guess as guessing
from kpopdance.realtime.search.dance_index import ExactRows, compared, exact_rows
from kpopdance.realtime.search.guess import DanceLibrary, newest_queries
from tools.bench.scoring.drawn_library import (
    Danced,
    DrawnSong,
    Way,
    danced,
    drawn_song,
    still,
    waving,
)
from tools.bench.scoring.real_dancers import Filmed, filmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.realtime.search.dance_index import Hit, Query
    from kpopdance.realtime.search.guess import Guesses

    Floats = NDArray[np.float64]

SECONDS: Final = (1.0, 2.0, 4.0, 6.0, 8.0)
SIZES: Final = (10, 100, 1000)
BRUTE: Final = 12  # questions that brute force answers too, per cell
PLACE_S: Final = 0.5  # as right as a place must be
OTHER_SONGS: Final = 500_000  # seeds from here are in no library
CALIBRATED: Final = (1, 10, 100, 600)  # sizes of the libraries that certainty is fitted on
CALIBRATION: Final = 100_000  # seeds of the songs and dancers that certainty is fitted on
WAYS: Final = {
    "as asked": Way(),
    "amplitude 0.6": Way(amplitude=(0.6, 0.6)),
    "amplitude 1.4": Way(amplitude=(1.4, 1.4)),
    "noise 25 degrees": Way(noise_deg=(25, 25)),
    "tempo -10 %": Way(tempo=(0.9, 0.9)),
    "tempo -5 %": Way(tempo=(0.95, 0.95)),
    "tempo +5 %": Way(tempo=(1.05, 1.05)),
    "tempo +10 %": Way(tempo=(1.1, 1.1)),
    "jitter 0.3 s": Way(jitter_s=0.3),
    "mirrored": Way(mirrored=True),
}


def main() -> int:
    """Measure and print; return 0, or 2 where a video cannot be read."""
    chosen = _options().parse_args()
    try:
        if chosen.calibrate:
            print("\n".join(calibrated(chosen.players)))
            return 0
        told = _real(chosen) if chosen.pair else _drawn(chosen)
    except DanceError as why:
        print(why, file=sys.stderr)
        return 2
    print(json.dumps(told, indent=1) if chosen.json else "\n".join(lines_of(told)))
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--songs", type=int, default=1000, help="in the largest library (1000)")
    parser.add_argument("--players", type=int, default=100, help="who dance, per cell (100)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--calibrate", action="store_true", help="fit the certainty instead")
    parser.add_argument(
        "--pair", nargs=2, type=Path, metavar=("PLAYER", "REFERENCE"),
        help="two videos of one choreography: is it found?",
    )  # fmt: skip
    parser.add_argument(
        "--other", type=Path, action="append", default=[], metavar="VIDEO",
        help="another dance: once in the library, once danced without being in it",
    )  # fmt: skip
    parser.add_argument(
        "--poses", type=Path, metavar="FOLDER",
        default=user_cache_path("kpopdance", appauthor=False) / "poses",
        help="where what the networks saw is kept (%(default)s)",
    )  # fmt: skip
    return parser


def _drawn(chosen: argparse.Namespace) -> dict[str, Any]:
    songs, library, describing_s = described(chosen.songs)
    sizes = sorted({size for size in SIZES if size < chosen.songs} | {chosen.songs})
    told: dict[str, Any] = {
        "describe_ms_per_song": 1000 * describing_s / len(songs),
        "memory_kb_per_song": library.index.nbytes / len(songs) / 1000,
        "disk_kb_per_song": library.to_arrays()["rows"].nbytes / len(songs) / 1000,
        "cells": [],
    }
    for size in sizes:
        part = library if size == len(songs) else _library(songs[:size])
        players = _players(songs[:size], chosen.players, f"{size} songs")
        told["cells"] += [_cell(part, songs, players, seconds) for seconds in SECONDS]
    told["brute"] = _beside_brute(library, [player.track for _, player in players])
    strangers = _strangers(BRUTE, OTHER_SONGS)["another dance"]
    told["brute_strangers"] = _beside_brute(library, [one.track for one in strangers])
    told["ways"] = {
        name: _right(library, songs, _players(songs, chosen.players, name, way), 4.0)
        for name, way in WAYS.items()
    }
    told["strangers"] = _false_alarms(library, chosen.players)
    told["certainties"] = _reliability(library, songs, chosen.players)
    return told


def described(count: int, first: int = 0) -> tuple[list[DrawnSong], DanceLibrary, float]:
    """Return drawn songs, the library of them, and the seconds that describing took."""
    songs, library, spent_s = [], DanceLibrary(), 0.0
    for k in tqdm(range(count), desc="drawing songs"):
        songs.append(drawn_song(first + k))
        began = perf_counter()
        library.add(songs[-1].name, (songs[-1].dance,))
        spent_s += perf_counter() - began
    return songs, library, spent_s


def _library(songs: list[DrawnSong]) -> DanceLibrary:
    library = DanceLibrary()
    for song in songs:
        library.add(song.name, (song.dance,))
    return library


Player = tuple[int, Danced]
"""Which song is danced, and how."""


def _players(
    songs: list[DrawnSong], count: int, what: str, way: Way | None = None, first: int = 0
) -> list[Player]:
    order = np.random.default_rng([len(songs), first]).integers(len(songs), size=count)
    return [
        (int(k), danced(songs[k].dance, first + seed, way or Way()))
        for seed, k in enumerate(tqdm(order, desc=f"drawing dancers, {what}"))
    ]


def _cell(
    library: DanceLibrary, songs: list[DrawnSong], players: list[Player], seconds: float
) -> dict[str, float]:
    return {
        "seconds": seconds,
        "songs": len(library.songs),
        **_right(library, songs, players, seconds),
    }


def _right(
    library: DanceLibrary, songs: list[DrawnSong], players: list[Player], seconds: float
) -> dict[str, float]:
    """Return the shares of players found, in place, proven and known, and the time of an answer."""
    rows = []
    answers, spent = _asked(library, [player.track for _, player in players], seconds)
    for (song, player), answer in zip(players, answers, strict=True):
        names = [guess.song for guess in answer.guesses]
        first = names[:1] == [songs[song].name]
        place = first and songs[song].off_s(player.song_s, answer.guesses[0].song_s) <= PLACE_S
        known = answer.known is not None
        rows.append((first, songs[song].name in names, place, answer.proven, known and first,
                     known and not first, answer.looked))  # fmt: skip
    columns = ("first", "in_three", "in_place", "proven", "known", "wrongly_known", "looked")
    means = dict(zip(columns, np.mean(rows, axis=0).tolist(), strict=True))
    return means | spent


def _beside_brute(library: DanceLibrary, tracks: list[PoseTrack]) -> list[dict[str, float]]:
    """Return, by seconds, how often brute force finds another first dance, and both times."""
    everything = [exact_rows(library.index.rows(k)) for k in range(len(library.index))]
    out = []
    for seconds in SECONDS:
        rows = []
        for track in tqdm(tracks[:BRUTE], desc=f"brute force, {seconds:g} s"):
            queries, _late_s = newest_queries(track, seconds, ways=2)
            began = perf_counter()
            found = library.index.search(queries)
            between = perf_counter()
            best = _brute(everything, queries)
            spent = perf_counter() - between
            hit = found.hits[0]
            same = hit.dance == best.dance and abs(hit.likeness - best.likeness) < 1e-5
            rows.append((same, between - began, spent, spent / (between - began)))
        means = np.median(rows, axis=0)
        out.append(
            {
                "seconds": seconds, "recall": float(np.mean([row[0] for row in rows])),
                "ms": 1000 * means[1], "brute_ms": 1000 * means[2], "ratio": means[3],
            }
        )  # fmt: skip
    return out


def _brute(everything: list[ExactRows], queries: list[Query]) -> Hit:
    hits = [compared(queries, k, rows) for k, rows in enumerate(everything)]
    return max(hits, key=lambda hit: hit.likeness)


def _false_alarms(library: DanceLibrary, count: int) -> dict[str, list[dict[str, float]]]:
    """Return how often who dances nothing of the library is said to be known, by seconds."""
    out = {}
    for name, drawn in _strangers(count, OTHER_SONGS).items():
        out[name] = [
            {
                "seconds": seconds,
                "known": float(np.mean([one.known is not None for one in answers])),
                "certainty": float(np.mean([one.guesses[0].certainty for one in answers])),
                "proven": float(np.mean([one.proven for one in answers])), **spent,
            }
            for seconds in SECONDS
            for answers, spent in [_asked(library, [one.track for one in drawn], seconds)]
        ]  # fmt: skip
    return out


def _strangers(count: int, first: int) -> dict[str, list[Danced]]:
    ways: dict[str, Callable[[int], Danced]] = {
        "another dance": lambda seed: danced(drawn_song(seed, length_s=40).dance, seed),
        "stands still": still,
        "waves": waving,
    }
    return {
        name: [make(first + k) for k in tqdm(range(count), desc=name)]
        for name, make in ways.items()
    }


def _asked(
    library: DanceLibrary, tracks: list[PoseTrack], seconds: float
) -> tuple[list[Guesses], dict[str, float]]:
    """Return the answers, and what one takes: ms on the clock, at most, and of a processor."""
    answers, wall_ms, cpu_ms = [], [], []
    told = f"guessing among {len(library.songs)}, {seconds:g} s"
    for track in tqdm(tracks, desc=told):
        began, began_cpu = perf_counter(), process_time()
        answers.append(library.guess(track, seconds=seconds))
        wall_ms.append(1000 * (perf_counter() - began))
        cpu_ms.append(1000 * (process_time() - began_cpu))
    spent = {
        "ms": float(np.median(wall_ms)), "most_ms": float(np.max(wall_ms)),
        "cpu_ms": float(np.median(cpu_ms)), "most_cpu_ms": float(np.max(cpu_ms)),
    }  # fmt: skip
    return answers, spent


def _reliability(
    library: DanceLibrary, songs: list[DrawnSong], count: int
) -> list[dict[str, float]]:
    """Return how often first guesses of a certainty are right: good, bad dancers and strangers."""
    pairs = []
    groups = [
        (songs[song].name, player.track)
        for song, player in _players(songs, count, "certainty", Way(noise_deg=(4, 30)), 70_000)
    ]
    for drawn in _strangers(count // 2, OTHER_SONGS + 50_000).values():
        groups += [("", one.track) for one in drawn]
    for seconds in SECONDS:
        answers, _ = _asked(library, [track for _, track in groups], seconds)
        pairs += [
            (answer.guesses[0].certainty, answer.guesses[0].song == name)
            for (name, _), answer in zip(groups, answers, strict=True)
        ]
    said, right = np.array(pairs, dtype=float).T
    out = []
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.001)):
        pick = (said >= low) & (said < high)
        if pick.any():
            row = {"from": low, "to": min(high, 1.0), "count": float(pick.sum())}
            means = {"said": float(said[pick].mean()), "right": float(right[pick].mean())}
            out.append(row | means)
    return out


def calibrated(count: int) -> list[str]:
    """Return the numbers of the certainty: fitted on other songs and dancers than are measured."""
    evidence: list[Floats] = []
    right: list[bool] = []
    crowd: dict[float, list[float]] = {seconds: [] for seconds in SECONDS}
    every, whole, _ = described(CALIBRATED[-1], CALIBRATION)
    strangers = [
        one for each in _strangers(count // 2, CALIBRATION * 3).values() for one in each
    ]
    for size in CALIBRATED:
        library = whole if size == len(every) else _library(every[:size])
        players = _players(
            every[:size], count, f"{size}", Way(noise_deg=(4, 30)), CALIBRATION + size
        )
        asked = [(every[song].name, one) for song, one in players]
        asked += [("", one) for one in strangers]
        for name, player in tqdm(asked, desc=f"guessing among {size}"):
            for seconds in SECONDS:
                answer = library.guess(player.track, seconds=seconds)
                queries, _late_s = newest_queries(player.track, seconds, ways=1)
                found = [guess.likeness for guess in answer.guesses]
                for k, guess in enumerate(answer.guesses):
                    rival = max([*found[:k], *found[k + 1 :]], default=-1.0)
                    evidence.append(guessing.evidence(queries[0], guess.likeness, rival))
                    right.append(guess.song == name)
                if size == 10 and name:
                    crowd[seconds] += [g.likeness for g in answer.guesses if g.song != name][:1]
    fitted = _logistic(np.array(evidence), np.array(right, dtype=float))
    medians = {seconds: round(float(np.median(each)), 2) for seconds, each in crowd.items()}
    return [
        f"CERTAINTY: Final = {tuple(np.round(fitted, 2).tolist())}", f"CROWD: Final = {medians}",
    ]  # fmt: skip


def _logistic(evidence: Floats, right: Floats) -> Floats:
    """Return the weights of a constant and each column: Newton's method, a little ridge."""
    columns = np.concatenate([np.ones((len(evidence), 1)), evidence], axis=1)
    weights = np.zeros(columns.shape[1])
    ridge = 1e-3 * len(columns) * np.diag([0, *np.full(columns.shape[1] - 1, 1e-2)])
    for _ in range(50):
        said = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (right - said) - ridge @ weights
        bend = (columns * (said * (1 - said))[:, None]).T @ columns + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def _real(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return whether a filmed dancer is found by another's recording among drawn songs."""
    eyes = wished_eyes(Settings())
    player, reference, *others = (
        filmed(video, eyes, kept_in=chosen.poses)[0] for video in [*chosen.pair, *chosen.other]
    )
    _, library, _ = described(chosen.songs)
    library.add(reference.name, (reference.choreography,))
    songs = len(library.songs) + len(others)
    told = {"player": player.name, "reference": reference.name, "songs": songs}
    strangers = {one.name: _as_stranger(library, one) for one in others}
    for other in others:
        library.add(other.name, (other.choreography,))
    rows = [_filmed(library, player, reference, seconds) for seconds in SECONDS]
    return {**told, "real": rows, "real_strangers": strangers}


def _filmed(
    library: DanceLibrary, player: Filmed, reference: Filmed, seconds: float
) -> dict[str, float]:
    shift_s, rows = reference.shift_of(player), []
    for answer in _each_half_second(library, player, seconds):
        names = [guess.song for guess in answer.guesses]
        first = names[:1] == [reference.name]
        off_s = abs(answer.guesses[0].song_s - answer.at_s - shift_s) if first else np.nan
        known = answer.known is not None
        certain = answer.guesses[0].certainty
        rows.append((first, reference.name in names, off_s, known and first, known and not first,
                     certain, answer.proven))  # fmt: skip
    columns = ("first", "in_three", "off_s", "known", "wrongly_known", "certainty", "proven")
    means = np.nanmean(np.array(rows, dtype=float), axis=0)
    return {
        "seconds": seconds,
        "asked": len(rows),
        **dict(zip(columns, means.tolist(), strict=True)),
    }


def _as_stranger(library: DanceLibrary, one: Filmed) -> list[dict[str, float]]:
    out = []
    for seconds in SECONDS:
        answers = _each_half_second(library, one, seconds)
        known = [answer.known is not None for answer in answers]
        certain = [answer.guesses[0].certainty for answer in answers]
        if answers:
            out.append({"seconds": seconds, "asked": len(answers), "known": float(np.mean(known)),
                        "certainty": float(np.mean(certain))})  # fmt: skip
    return out


def _each_half_second(library: DanceLibrary, one: Filmed, seconds: float) -> list[Guesses]:
    """Return what is answered every half second of a video, each time the dancer so far."""
    answers = []
    for until_s in np.arange(seconds, one.track.at_s[-1], 0.5):
        track = PoseTrack()
        for at, joints in zip(one.track.at_s.tolist(), one.track.joints, strict=True):
            if at <= until_s:
                track.add(at, Pose(joints.copy()))
        answers.append(library.guess(track, seconds=seconds))
    return [answer for answer in answers if answer.guesses]


def lines_of(told: dict[str, Any]) -> list[str]:
    """Return what was measured as tables."""
    lines: list[str] = []
    for what in ("describe_ms_per_song", "memory_kb_per_song", "disk_kb_per_song"):
        lines += [f"{what.replace('_', ' ')}: {told[what]:.1f}"] if what in told else []
    titles = {
        "cells": "library size x seconds danced", "brute": "beside brute force, all songs",
        "brute_strangers": "beside brute force, asked about dances that are not in the library",
        "real": f"{told.get('player')} among {told.get('songs')} songs with {told.get('reference')}",
        "certainties": "certainties of good and bad dancers and strangers, all seconds",
    }  # fmt: skip
    for key, title in titles.items():
        lines += ["", title, *_table(told[key])] if key in told else []
    if "ways" in told:
        rows = [{"way": name, **row} for name, row in told["ways"].items()]
        lines += ["", "ways of dancing, 4 s, all songs", *_table(rows)]
    for key in ("strangers", "real_strangers"):
        for name, rows in told.get(key, {}).items():
            lines += ["", f"not in the library: {name}", *_table(rows)]
    return lines


def _table(rows: list[dict[str, Any]]) -> list[str]:
    names = list(rows[0]) if rows else []
    width = {name: max(len(name), 7) for name in names} | {"way": 18}
    head = "  ".join(f"{name:>{width[name]}s}" for name in names)
    return [
        head,
        *("  ".join(_cell_text(row[name], width[name]) for name in names) for row in rows),
    ]


def _cell_text(value: object, width: int) -> str:
    return f"{value:>{width}.3g}" if isinstance(value, float) else f"{value!s:>{width}s}"


if __name__ == "__main__":
    sys.exit(main())
