"""The command line: builds the parser, runs one command, turns errors into one sentence."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import HarmlessLines, one_line
from kpopdance.engines.tongues import speak_here
from kpopdance.realtime.commands.command_line import understood
from kpopdance.realtime.commands.options import parser
from kpopdance.realtime.commands.speaking import say

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_BAD_INPUT = 2
EXIT_OUR_FAULT = 70
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (2: bad input, told in one sentence)."""
    words = sys.argv[1:] if argv is None else argv
    try:
        _prepare()
        speak_here()
        args = understood(parser(), words)
        if args.verbose:
            logging.getLogger().setLevel(logging.INFO)
        from kpopdance.realtime.devices.memory import give_memory_back

        give_memory_back()
        command = import_module(f"kpopdance.realtime.commands.{args.command}")
        return int(command.run(args))
    except DanceError as why:
        say(f"kpopdance: {one_line(str(why))}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        say("kpopdance: stopped; nothing was left half-written")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as why:
        where = one_line(str(why.filename or "a file"))
        say(f"kpopdance: {where}: {why.strerror or why}; check folder and space")
        return EXIT_BAD_INPUT
    except Exception as fault:  # noqa: BLE001 - the one door where no traceback may reach a player
        what = f"{type(fault).__name__}: {fault}"
        kept = _keep(fault)
        say(f"kpopdance: something is wrong with the game itself ({one_line(what)}); {kept}")
        return EXIT_OUR_FAULT


def program() -> None:
    """Run one command and end the process, also where a thread is stuck in a device's library.

    The interpreter's own end would tear such a thread down amidst that library's code: C++ answers
    with an abort. A dead camera and a hung sound system are left to the system.
    """
    code = main()
    if any(thread.daemon for thread in threading.enumerate()):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # nobody reads any more
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _prepare() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a Korean title on any terminal
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HarmlessLines("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(capture=True)
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # NumPy's own threads, of small products, wait spinning and take the cores from the networks
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(0.0005)  # the window's thread must not wait 5 ms for the watcher's


def _keep(fault: Exception) -> str:
    """Write the traceback to a file; return where to find it, in words."""
    import tempfile
    import traceback
    from pathlib import Path

    from platformdirs import user_log_path

    from kpopdance.engines.files import write_whole

    text = "".join(traceback.format_exception(fault))
    for folder in (user_log_path("kpopdance", appauthor=False), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "kpopdance-fault.log"
            write_whole(path, text)  # also over a link that somebody laid there
        except OSError:
            continue
        return f"see {path}"
    return "no place could be found to write the details to"


if __name__ == "__main__":
    program()
