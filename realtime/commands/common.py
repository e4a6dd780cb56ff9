"""What several commands share: the network, printing, progress."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.choose import cores, open_eyes
from kpopdance.engines.names import AUTO
from kpopdance.engines.version import our_version
from kpopdance.realtime.commands.speaking import say
from kpopdance.realtime.commands.trial import trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame, Report, Verdict
    from kpopdance.realtime.devices.video_file import VideoFile
    from kpopdance.realtime.library.settings import Settings

log = logging.getLogger(__name__)

ANY_NUMBER: Final = 1024  # of looks at a time: as many as there are cores
LOGGED_S: Final = 10.0  # between two lines of progress that nobody watches on a terminal
MOST_THREADS: Final = 8  # of one look: with 16, ONNX Runtime's OpenPose gives other last bits


def eyes_from(
    settings: Settings, news: Callable[[str], None] = lambda _: None,
    between: Callable[[], None] = lambda: None, wanted: int = 0,
) -> Eyes:  # fmt: skip
    """Return the networks, and say on standard error which and why; ``news`` is told what takes time.

    ``between`` is called before each look where they are tried; what it raises ends that. ``wanted``
    says how many looks at a time are of use where nothing is played and all cores are theirs.
    """

    def tell(text: str) -> None:
        say(text)
        news(text)

    eyes = wished_eyes(settings, tell, between, wanted)
    say(f"network: {eyes.name} on {eyes.runtime} ({eyes.reason})")
    return eyes


def wished_eyes(
    settings: Settings, tell: Callable[[str], None] = lambda _: None,
    between: Callable[[], None] = lambda: None, wanted: int = 0,
) -> Eyes:  # fmt: skip
    """Return the networks that the settings ask for; ``tell`` hears of what takes seconds.

    The runtime that is fastest here is tried and taken; for a film with a number of ``threads`` it is
    the first one that works, so that many films are seen alike with however many threads each.
    """
    from kpopdance.realtime.pose.thorough import thorough

    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        log.warning("%s: no cache, the start is slower (%s)", cache, why.strerror)
    threads, at_once = shared_out(wanted, settings.threads)
    # with another number of threads another runtime may win, and its last bits differ
    same = wanted > 0 and settings.threads > 0
    tries = settings.engine == AUTO and not same
    eyes = open_eyes(
        trial(between) if tries else settings.engine,
        network=settings.network,
        model=settings.model_file,
        threads=threads,
        at_once=at_once,
        cache_dir=cache if cache.is_dir() else None,
        tell=tell,
    )
    if settings.thorough:
        eyes = thorough(eyes)
    return eyes


def eyes_for_film(film: Path, settings: Settings, tell: Callable[[str], None]) -> Eyes:
    """Return the networks, opened to look at as many at a time as are seen when the film begins."""
    from kpopdance.realtime.devices.video_file import VideoFile
    from kpopdance.realtime.studio.lookout import PEEK_S, people_at_first

    eyes = wished_eyes(settings, tell, wanted=1)
    with VideoFile(film) as video:
        count = people_at_first(video.frames(end_s=PEEK_S), eyes)
    if count > 1:
        eyes = wished_eyes(settings, tell, wanted=count)
    say(f"network: {eyes.name} on {eyes.runtime} ({eyes.reason})")
    return eyes


def shared_out(wanted: int, threads: int = 0) -> tuple[int | None, int]:
    """Return how many threads one look has (None: as is best for a game), and how many look at once.

    So many looks at a time are ``wanted``, 0 in a game; ``threads`` are asked for, all together, 0: as
    many as there are cores.
    """
    if not wanted:
        return threads or None, 1
    share = threads or cores()
    at_once = min(wanted, share)
    return min(share // at_once, MOST_THREADS), at_once


def cache_folder() -> Path:
    """Return where runtimes keep what they compiled, and what is fastest here is kept."""
    from platformdirs import user_cache_path

    return user_cache_path("kpopdance", appauthor=False)


@contextmanager
def watched(
    video: VideoFile, what: str, start_s: float = 0.0, end_s: float | None = None
) -> Iterator[Callable[[Frame], None]]:
    """Show how far a video is, in seconds of it with the time left, while it is looked at.

    What is handed over moves the bar on; what was wrong with the video is told at the end.
    """
    from tqdm import tqdm

    ends_s = end_s or video.info.length_s
    total = round(ends_s - start_s, 1) if ends_s else None
    bar = tqdm(
        total=total, desc=what, unit="s", file=sys.stderr, leave=False,
        smoothing=0.02,  # pictures differ much in what they cost: the time left would leap
        mininterval=0.1 if sys.stderr.isatty() else LOGGED_S,
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {n:.0f} of {total:.0f} s, {remaining} left"
        if total else None,
    )  # fmt: skip

    def move(frame: Frame) -> None:
        done_s = frame.captured_s - start_s
        bar.update(max(0.0, min(done_s, total or done_s) - bar.n))

    with bar:
        yield move
    if video.warning:
        say(f"warning: {video.warning}")


def report_json(report: Report, eyes: Eyes) -> dict[str, Any]:
    """Return the object that ``score --json`` and ``play --headless --json`` print."""
    return report_facts(report) | {
        "network": eyes.name,
        "runtime": eyes.runtime,
        "version": our_version(),
    }


def report_facts(report: Report) -> dict[str, Any]:
    """Return what a report says, whoever saw the dance."""
    return {
        "score": round(report.score, 1),
        "stars": report.stars,
        "lag_ms": None if report.lag_ms is None else round(report.lag_ms),
        "coverage": round(report.coverage, 3),
        "judged": round(report.judged, 3),
        "limbs": {name: round(score, 1) for name, score in report.limbs.items()},
        "moves": [_move_json(move) for move in report.moves],
        "sections": [
            {"name": name, "score": round(score, 1)} for name, score in report.sections
        ],
        "counts": report.counts,
        "best_combo": report.best_combo,
        "advice": list(report.advice),
    }


def report_words(report: Report) -> str:
    """Return a report in a few lines for the terminal."""
    stars = "*" * report.stars + "." * (5 - report.stars)
    lag = "unknown" if report.lag_ms is None else f"{report.lag_ms:+.0f} ms (positive = late)"
    counts = ", ".join(f"{count} {grade}" for grade, count in report.counts.items())
    limbs = ", ".join(f"{name.replace('_', ' ')} {v:.0f}" for name, v in report.limbs.items())
    lines = [
        f"score {report.score:.1f} of 100  [{stars}]",
        f"lag {lag}, seen {report.seen_percent} % of the dance",
        f"moves: {counts}; best combo {report.best_combo}",
        f"limbs: {limbs or 'none recognised'}",
        *report.advice,
    ]
    unjudged = Counter(move.why for move in report.moves if not move.judged)
    for why, count in unjudged.items():
        lines.insert(3, f"{why}: {count} of {len(report.moves)} moves")
    return "\n".join(lines)


def _move_json(move: Verdict) -> dict[str, Any]:
    return {
        "start_s": round(move.start_s, 3),
        "end_s": round(move.end_s, 3),
        "score": round(move.score, 1),
        "lag_ms": round(move.lag_s * 1000),
        "grade": move.grade if move.judged else "NOT JUDGED",
        "why": move.why,
        "reasons": [
            {"kind": one.kind, "text": one.text, "points": round(one.points, 1)}
            for one in move.reasons
        ],
    }
