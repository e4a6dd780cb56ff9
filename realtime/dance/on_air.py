"""What streaming programs show of a dance: score, combo, song and judgement in small files.

Of a group each one's own too, in files that are not there before a group dances. The texts are
replaced whole, so that nobody reads half of one; ``kpopdance-events.jsonl`` gets a line of JSON for
whatever changes. All is written beside the window, the newest state first: where the disk is slow,
states in between are left out.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.files import reason_of, write_whole
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.dance.on_air_group import group_on_air
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.dance.on_air_group import OnAirGroup
    from kpopdance.realtime.scoring.contest import Kind, Stand
    from kpopdance.realtime.screens.group_view import GroupView
    from kpopdance.realtime.screens.view import DanceView

log = logging.getLogger(__name__)
EVENTS: Final = "kpopdance-events.jsonl"
MOST_BYTES: Final = 8_000_000  # of it; then it begins anew
NOT_WRITTEN: Final = N_("{folder}: what is on air cannot be written ({why}); the dance goes on")


@dataclass(frozen=True, slots=True)
class OnAirState:
    """What is on air: nothing between dances but the last song and its score.

    ``phase`` is the dance's, or ``over``; ``score`` 0..100 as it is shown; ``move`` the number of the
    newest judgement's, from 1, 0: none yet; ``ghost`` and ``ahead`` whose dance is beside it, and by
    how many points the player leads; ``group`` who dances, where there are several.
    """

    phase: str = "over"
    song: str = ""
    artist: str = ""
    score: float = 0.0
    combo: int = 0
    judgement: str = ""
    move: int = 0
    ghost: str = ""
    ahead: float = 0.0
    group: OnAirGroup | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What a line of JSON says of it; of one dancer nothing of a group."""
        facts = asdict(self)
        group = facts.pop("group")
        return facts if group is None else facts | group

    @property
    def texts(self) -> dict[str, str]:
        """The files' names and what stands in them."""
        song = " - ".join(filter(None, (self.artist, self.song)))
        return {
            "kpopdance-song.txt": song,
            "kpopdance-score.txt": f"{self.score:.1f}" if song else "",
            "kpopdance-combo.txt": f"x{self.combo}" if self.combo > 1 else "",
            "kpopdance-judgement.txt": self.judgement,
        } | ({} if self.group is None else self.group.texts)


class OnAir:
    """Writes what is on air into a folder that is made if need be; ``trouble`` says why it cannot.

    None of a folder: nothing is written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._state = self._written = OnAirState()
        self._texts: dict[str, str] = {}
        self._writing: Future[None] | None = None
        self.trouble = ""

    def show(self, view: DanceView) -> None:
        """Take what a dance shows now; it is asked for in every frame and mostly does nothing."""
        if self._folder is not None:
            self._take(state_of(view))

    def show_group(
        self, view: GroupView, stands: Sequence[Stand], kind: Kind, team: float | None = None
    ) -> None:
        """Take what a group's dance shows now, see ``group_on_air``; asked for in every frame too."""
        if self._folder is not None:
            group, dance = group_on_air(view, stands, kind, team), view.dance
            self._take(
                OnAirState(dance.phase, dance.title, dance.artist, group.score, group=group)
            )

    def over(self) -> None:
        """Take that a dance is over: song and score stay to be read until the next one."""
        state = self._state
        group = None if state.group is None else state.group.over()
        self._take(OnAirState("over", state.song, state.artist, state.score, group=group))

    def end(self) -> None:
        """Leave the game: nothing is on air any more; wait until that is written."""
        if self._folder is None:
            return
        self._settle()
        self._take(OnAirState())
        self._settle()

    def _settle(self) -> None:
        while self._writing is not None:
            self._writing.exception()
            self._look()

    def _take(self, state: OnAirState) -> None:
        self._state = state
        self._look()

    def _look(self) -> None:
        """Write the newest state beside the window, unless that is done or one is being written."""
        folder, writing = self._folder, self._writing
        if folder is None or (writing is not None and not writing.done()):
            return
        if writing is not None:
            self._writing = None
            self._tell(folder, writing.exception())
        if self._state != self._written:
            self._written = state = self._state
            self._writing = beside(lambda: self._write(folder, state))

    def _tell(self, folder: Path, why: BaseException | None) -> None:
        """Say what cannot be written, once until it can be."""
        if isinstance(why, OSError):
            trouble = _(NOT_WRITTEN, folder=folder, why=reason_of(why))
            if not self.trouble:
                log.warning("%s", trouble)
            self.trouble = trouble
        elif why is not None:
            raise why
        else:
            self.trouble = ""

    def _write(self, folder: Path, state: OnAirState) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        told = dict.fromkeys(self._texts, "") | state.texts  # of who dances no more, nothing
        for name, text in told.items():
            if self._texts.get(name) != text:
                write_whole(folder / name, text)
                self._texts[name] = text
        line = json.dumps(state.facts, ensure_ascii=False) + "\n"
        events = folder / EVENTS
        whole = events.is_file() and events.stat().st_size < MOST_BYTES
        with events.open("ab" if whole else "wb") as file:
            file.write(line.encode(errors="replace"))


def state_of(view: DanceView) -> OnAirState:
    """Return what is on air of a dance."""
    verdict, ghost = view.verdict, view.ghost
    if view.phase == "loading":
        return OnAirState("loading", view.title, view.artist)
    return OnAirState(
        view.phase, view.title, view.artist, round(view.score, 1), view.combo,
        "" if verdict is None or not verdict.judged else verdict.grade,
        0 if verdict is None else verdict.move + 1,
        "" if ghost is None else ghost.name, 0.0 if ghost is None else round(ghost.ahead, 1),
    )  # fmt: skip
