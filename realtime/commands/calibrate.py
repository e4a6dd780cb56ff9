"""kpopdance calibrate: how late speaker and camera are, measured without a window."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.play import make_kit
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.dance.in_use import Devices
from kpopdance.realtime.home.calibrating import found_words, known_words
from kpopdance.realtime.home.measuring import open_measuring
from kpopdance.realtime.scoring.calibration import ENOUGH, LISTENED

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.home.measuring import Measuring

TURN_S: Final = 1 / 60
DOING: Final = {
    "claps": f"Turn the speaker up. Listen to {LISTENED} clicks, then clap once with each.",
    "strokes": f"Stand back, both hands in the picture. Listen to {LISTENED} clicks, then strike down "
    "with both arms on each, as on a drum.",
}  # fmt: skip
NOT_KEPT: Final = "Nothing is changed. To use it, measure with --keep."


def run(args: argparse.Namespace) -> int:
    """Measure, tell, and keep it where that is asked for."""
    kit = make_kit(settings_from(args), args.dancer_style)
    try:
        with closing(open_measuring(kit, args.way)) as measuring:
            say(DOING[args.way])
            _attend(measuring)
            devices = Devices(kit)
    finally:
        kit.close()
    if measuring.trouble:
        raise DanceError(measuring.trouble)
    if args.keep:
        kit.store.keep_delay(*devices.key(args.way), measuring.measured)
    if args.json:
        print_json(facts(measuring, devices) | {"kept": args.keep})
    elif args.keep:
        kept = Devices(kit)
        print_result(f"{kept.delays.words}\n{known_words(kept, kit)}")
    else:
        print_result(found_words(measuring, devices, kit))
        say(NOT_KEPT)
    return 0


def _attend(measuring: Measuring) -> None:
    """Let the clicks sound, and tell how many were answered, until enough were."""
    measuring.begin()
    told, turn = 0, Event()
    while measuring.tick():
        if measuring.answers.count > told:
            told = measuring.answers.count
            say(f"{told} of {ENOUGH}")
        turn.wait(TURN_S)


def facts(measuring: Measuring, devices: Devices) -> dict[str, Any]:
    """Return what ``--json`` prints: ms; None is not known."""
    way = measuring.answering.way
    delays = devices.with_one(way, measuring.measured)
    return {
        "way": way, "output": devices.output, "camera": devices.camera,
        "measured": asdict(measuring.measured), "scatter_ms": 1000 * measuring.answers.scatter_s,
        "speaker_ms": delays.speaker_ms, "camera_ms": delays.camera_ms, "lag_ms": delays.lag_ms,
    }  # fmt: skip
