"""kpopdance score: how well a video dances a song or another video."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.engines.version import our_version
from kpopdance.realtime.commands.common import (
    eyes_from,
    report_facts,
    report_json,
    report_words,
    watched,
)
from kpopdance.realtime.commands.replays import judged_replay
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import settings_from, terms_from
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_reader import find_pack
from kpopdance.realtime.scoring.recipe import changes_since
from kpopdance.realtime.studio.attempts import (
    check_alignment,
    reference_from_pack,
    reference_from_video,
    score_video,
)

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.library.settings import Settings


def run(args: argparse.Namespace) -> int:
    """Score and print."""
    settings = settings_from(args)
    if args.replay is not None:
        return _replay(args, settings)
    if args.player is None:
        raise DanceError(
            "say what to score: kpopdance score REFERENCE PLAYER, or --replay FILE"
        )
    check_alignment(args.align)
    is_video = Path(args.reference).is_file()
    folder = None if is_video else find_pack(args.reference, settings.libraries)
    with VideoFile(args.player):
        pass  # a damaged video is said before the long work
    eyes, terms = eyes_from(settings, wanted=1), terms_from(settings, args)
    reference = (
        reference_from_pack(folder, terms)
        if folder is not None
        else reference_from_video(Path(args.reference), eyes, terms, watched)
    )
    attempt = score_video(
        reference, args.player, eyes,
        align=args.align, judge_lag=args.judge_lag, watching=watched,
    )  # fmt: skip
    say(f"alignment: {attempt.shift_s:+.3f} s ({attempt.aligned_by})")
    if args.json:
        result = report_json(attempt.report, eyes) | {
            "alignment_ms": round(attempt.shift_s * 1000),
            "alignment_by": attempt.aligned_by,
            "forgiven_lag_ms": round(attempt.forgiven_s * 1000),
        }
        print_json(result)
    else:
        print_result(report_words(attempt.report))
        if attempt.forgiven_s:
            told = f"a constant lag of {1000 * attempt.forgiven_s:+.0f} ms"
            print_result(f"{told} was not held against it")
    return 0


def _replay(args: argparse.Namespace, settings: Settings) -> int:
    """Judge a kept dance again and say whether anything changed."""
    if args.mirrored or args.strictness or args.body:
        raise DanceError(
            "--replay is judged on the terms it was danced on; leave out --strictness, --body "
            "and --mirrored"
        )
    replay, _song, _danced, report = judged_replay(args.replay, args.reference, settings)
    told = f"{replay.score:.1f} when it was danced (version {replay.version})"
    changes = changes_since(replay.recipe)
    if report.score != replay.score:
        told += f"; {report.score:.1f} now (version {our_version()}): " + (
            f"since then {'; '.join(changes)}"
            if changes
            else "the scoring is the same, so the song's tempo or this computer's arithmetic differs"
        )
    say(told)
    if args.json:
        print_json(report_facts(report) | {
            "score_then": round(replay.score, 1), "version_then": replay.version,
            "network": replay.network, "version": our_version(), "changes": changes,
            "terms": asdict(replay.terms),
        })  # fmt: skip
    else:
        print_result(report_words(report))
    return 0
