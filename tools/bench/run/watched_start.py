"""One start of the game, watched from inside: processor seconds to the list, and from key to dance.

    python -m tools.bench.run.watched_start

Opens a window and plays the first song before the drawn dancer, as soon as the list has made ready
what it needs; ends with the dance's first picture and prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time

from kpopdance.realtime.__main__ import program
from kpopdance.realtime.shell.pages import Page, Shell


class WatchedShell(Shell):
    """Presses Enter when all is ready, and tells when the list and the dance were seen first."""

    def __init__(self, *how: object) -> None:
        super().__init__(*how)  # type: ignore[arg-type]  # as the game calls it
        self._seen_s: dict[str, float] = {}

    def _frame(self, page: Page) -> Page | None:
        following, name = super()._frame(page), type(page).__name__
        self._seen_s.setdefault(name, time.process_time())
        if name == "SongListPage" and page._game.preparing.done:  # type: ignore[attr-defined]  # noqa: SLF001
            self._seen_s["key"] = time.process_time()
            return page.act("play")
        if name == "DancePage":
            begun_s = self._seen_s["DancePage"] - self._seen_s["key"]
            told = {"list_s": self._seen_s["SongListPage"], "begun_s": begun_s}
            print(json.dumps(told), flush=True)
            os._exit(0)
        return following


def main() -> None:
    """Start the game and watch it."""
    from kpopdance.realtime.shell import pages

    pages.Shell = WatchedShell  # type: ignore[misc, assignment]  # what the command takes from there
    sys.argv[1:] = ["play", "--camera", "dancer"]
    program()


if __name__ == "__main__":
    main()
