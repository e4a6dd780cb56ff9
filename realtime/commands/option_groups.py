"""Options that several commands take."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kpopdance.engines.names import AUTO, NETWORKS, RUNTIMES
from kpopdance.realtime.commands.command_line import a_file, a_song
from kpopdance.realtime.core.terms import BODIES, STRICTNESS

if TYPE_CHECKING:
    from typing import TypeAlias

    from kpopdance.realtime.commands.command_line import Parser

    Commands: TypeAlias = argparse._SubParsersAction[Parser]  # noqa: SLF001 - it has no other name


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
    parser.add_argument(
        "--strictness", choices=STRICTNESS,
        help="how much is asked for full marks (normal: what two trained dancers reach)",
    )  # fmt: skip
    parser.add_argument(
        "--body", choices=BODIES, help="seated: legs are not asked for (default: whole)"
    )
    parser.add_argument(
        "--mirrored", action="store_true", help="dance the mirror image of the choreography"
    )
