"""The command line: builds the parser, runs one command, turns errors into one sentence."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from typing import TYPE_CHECKING

from platformdirs import user_log_path

from engines.maps import DanceError
from realtime.commands import doctor, play, pose, record, score, songs
from realtime.commands.common import our_version, say

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_BAD_INPUT = 2
EXIT_OUR_FAULT = 70
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (2: bad input, told in one sentence)."""
    args = parser().parse_args(argv)
    _prepare(args)
    try:
        return int(args.run(args))
    except DanceError as why:
        say(f"kpopdance: {why}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        say("kpopdance: stopped; nothing was left half-written")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:  # noqa: BLE001 - the one door where no traceback may reach a player
        say(f"kpopdance: something is wrong with the game itself ({fault}); see {_keep(fault)}")
        return EXIT_OUR_FAULT


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    root = argparse.ArgumentParser(
        prog="kpopdance",
        description="Dance in front of a camera to a K-pop song and be scored fairly.",
    )
    root.add_argument("--version", action="version", version=f"kpopdance {our_version()}")
    root.add_argument(
        "-v", "--verbose", action="store_true", help="tell more on standard error"
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for command in (play, record, songs, score, pose, doctor):
        command.add(commands)
    return root


def _prepare(args: argparse.Namespace) -> None:
    level = logging.INFO if args.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s: %(message)s", stream=sys.stderr)
    logging.captureWarnings(capture=True)
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    sys.setswitchinterval(0.0005)  # the window's thread must not wait 5 ms for the watcher's


def _keep(fault: Exception) -> str:
    folder = user_log_path("kpopdance", appauthor=False, ensure_exists=True)
    path = folder / "fault.log"
    path.write_text("".join(traceback.format_exception(fault)), encoding="utf-8")
    return str(path)


if __name__ == "__main__":
    sys.exit(main())
