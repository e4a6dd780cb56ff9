"""What a player changed of the settings: gathered, and written beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from kpopdance.realtime.library.settings_writer import Value

    Keep = Callable[[Mapping[str, Value]], None]

FOR_NOW: Final = N_("What you set holds for now, and is not kept")


class Changes:
    """Takes what is changed, writes it by ``keep`` when asked to; without that, nothing is kept."""

    def __init__(self, keep: Keep | None) -> None:
        self._keep = keep
        self._taken: dict[str, Value] = {}
        self._tried: dict[str, Value] = {}
        self._writing: Future[str] | None = None

    def take(self, changes: Mapping[str, Value]) -> None:
        """Remember what is to be written."""
        self._taken |= changes

    def write(self, *, anyway: bool = False) -> None:
        """Write what was changed since, beside the window; ``anyway``: even where that is nothing."""
        keep = self._keep
        self.settle()
        taken = self._tried | self._taken if self.trouble else self._taken
        if keep is None or not (taken or anyway):
            return
        self._tried, self._taken = taken, {}

        def work() -> str:
            try:
                keep(taken)
            except DanceError as why:
                return f"{_(FOR_NOW)}: {why}"
            return ""

        self._writing = beside(work)

    @property
    def written(self) -> bool:
        """Whether anything was written in this game."""
        return self._writing is not None

    @property
    def trouble(self) -> str:
        """Why something could not be written, empty while nothing is known of that."""
        writing = self._writing
        return writing.result() if writing is not None and writing.done() else ""

    def settle(self) -> None:
        """Wait until all is written."""
        if self._writing is not None:
            self._writing.exception()
