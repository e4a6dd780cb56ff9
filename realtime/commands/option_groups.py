"""Options that several commands take."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from kpopdance.engines.names import AUTO, NETWORKS, RUNTIMES
from kpopdance.realtime.commands.command_line import a_file, a_number, a_song, a_target
from kpopdance.realtime.core.terms import BODIES, COACHES, STRICTNESS

if TYPE_CHECKING:
    from typing import TypeAlias

    from kpopdance.realtime.commands.command_line import Parser

    Commands: TypeAlias = argparse._SubParsersAction[Parser]  # noqa: SLF001 - it has no other name

STYLE_HELP: Final = (
    "how the drawn dancer dances, e.g. lateness_ms=100,amplitude=0.6,noise_deg=8,dropped=0.2,"
    "mirrored,still,absent=10-20,arms=1.1,legs=0.9,dances=OTHER-SONG,"
    "people=2 (side by side, each another member; then lateness_ms=0/60 and so on, a number each)"
)


def settings_options(parser: argparse.ArgumentParser) -> None:
    """Add --settings and --library."""
    parser.add_argument("--settings", type=a_file, metavar="FILE", help="settings file (TOML)")
    parser.add_argument(
        "--library", action="append", metavar="FOLDER",
        help="of songs, instead of the settings'; several may be named, new songs go to the first",
    )  # fmt: skip


def network_options(parser: argparse.ArgumentParser) -> None:
    """Add --settings, --library, --network, --model, --thorough, --engine and --threads."""
    settings_options(parser)
    parser.add_argument(
        "--network", choices=NETWORKS,
        help="openpose: it alone; movenet, blazepose: that follows each dancer; lightning: the fastest "
        "alone; auto: all, as time allows",
    )  # fmt: skip
    parser.add_argument(
        "--model", type=a_song, metavar="FILE",
        help="OpenPose weights of your own (see kpopdance import-weights)",
    )  # fmt: skip
    parser.add_argument(
        "--thorough", action=argparse.BooleanOptionalAction,
        help="look at two sizes and the mirror image too: more exact, several times slower",
    )  # fmt: skip
    parser.add_argument(
        "--engine", metavar="|".join((AUTO, *RUNTIMES)),
        help="what the networks run on (auto: the fastest here, tried once)",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=int,
        help="for the networks, all together; 0: one less than cores, all of them for videos",
    )  # fmt: skip


def terms_options(parser: argparse.ArgumentParser) -> None:
    """Add --strictness, --body and --mirrored."""
    asked_options(parser)
    parser.add_argument(
        "--mirrored", action="store_true", help="dance the mirror image of the choreography"
    )


def asked_options(parser: argparse.ArgumentParser) -> None:
    """Add --strictness and --body."""
    parser.add_argument(
        "--strictness", choices=STRICTNESS,
        help="how much is asked for full marks (normal: what two trained dancers reach)",
    )  # fmt: skip
    parser.add_argument(
        "--body", choices=BODIES, help="seated: legs are not asked for (default: whole)"
    )


def dance_options(parser: argparse.ArgumentParser, *, headless: str) -> None:
    """Add --camera, --dancer-style, --headless with its help, and what else any dance takes."""
    parser.add_argument(
        "--camera",
        help="index or device name, http:// or rtsp:// address, a video file, or 'dancer' "
        "for the drawn dancer (default from the settings: 0)",
    )  # fmt: skip
    parser.add_argument("--dancer-style", default="", metavar="STYLE", help=STYLE_HELP)
    parser.add_argument("--headless", action="store_true", help=headless)
    parser.add_argument(
        "--out", type=a_target, help="headless: folder for result.json and pictures"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object (with a window: all results under dances)",
    )
    parser.add_argument(
        "--replays", metavar="FOLDER",
        help="keep every finished dance there (poses, no pictures), to judge it again",
    )  # fmt: skip
    parser.add_argument(
        "--on-air", metavar="FOLDER",
        help="write score, combo, song and judgement there while you dance, for streaming programs",
    )  # fmt: skip
    parser.add_argument(
        "--on-air-window", action=argparse.BooleanOptionalAction,
        help="open a second window with the stage alone, for streaming programs to take in",
    )  # fmt: skip
    parser.add_argument(
        "--coach", choices=COACHES,
        help="where a song has a video: it (default), it with the skeleton over it, or a drawn figure",
    )  # fmt: skip
    parser.add_argument("--sound-device", help="part of an output's name")
    parser.add_argument(
        "--language", help="what the game speaks: en, ko (default: the system's)"
    )
    parser.add_argument(
        "--player-lag-ms", type=a_number, help="fixed lag of camera and speaker"
    )
    parser.add_argument(
        "--fullscreen", action="store_true", help="fill the screen (F11 toggles)"
    )
