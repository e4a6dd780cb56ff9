"""The studio's page: a draft corrected with keys and mouse, kept edit by edit, made a song."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.tempo import BEATS_OF_BAR, Tempo
from kpopdance.realtime.core.track import MAX_GAP_S
from kpopdance.realtime.screens.actions import CHOOSE
from kpopdance.realtime.screens.studio import StudioScreen
from kpopdance.realtime.screens.studio_view import FilmView, MemberLine, StudioView, Writing
from kpopdance.realtime.shell.pages import Page
from kpopdance.realtime.studio.bar_lines import tempo_of
from kpopdance.realtime.studio.editing import SECTIONS, Edit, EditError
from kpopdance.realtime.workshop.drawer import Drawer
from kpopdance.realtime.workshop.player import Player
from kpopdance.realtime.workshop.projector import Projector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.studio_view import Asks, Field
    from kpopdance.realtime.studio.drafts import KeptDraft
    from kpopdance.realtime.studio.editing import Draft, History
    from kpopdance.realtime.workshop.kit import WorkKit

NOTICE_S: Final = 6.0
TAPPED_S: Final = 1.6
"""Without a tap for so long, the tempo is what was tapped."""
CLOSEST_S: Final = 4.0
"""The shortest part of a song that the time line shows."""
FIELDS: Final[tuple[Field, ...]] = ("name", "title", "artist")
ON_BEAT: Final = 0.3
"""Of a beat: so near to one, a section begins on it."""


class DeskPage(Page):
    """A draft on the desk; ``done`` takes the song that it became to the next page."""

    heading = N_("The studio")
    by_hand = True
    hands = "off"  # nobody corrects a film from across the room

    def __init__(
        self, kit: WorkKit, backdrop: Backdrop, kept: KeptDraft, back: Page | None,
        done: Callable[[Path], Page | None],
    ) -> None:  # fmt: skip
        self.back, self._done = back, done
        self.screen: StudioScreen = StudioScreen(backdrop)
        self._drawer = Drawer(kit, kept)
        self._projector = Projector(kit, kept.film, kept.draft.start_s)
        self._player = Player(kit, kept.sound, _ends_s(kept.draft))
        self._told: tuple[str, float] = ("", 0.0)
        self._lines: tuple[Draft | None, tuple[MemberLine, ...]] = (None, ())
        self.chosen = kept.draft.lead
        self.asks: Asks = ""
        self.writing: Writing | None = None
        self._taps_s: list[float] = []
        self._tapped_s = 0.0
        self._drag = ""
        self._dragged_s: float | None = None
        self._zoom, self._begin_s = 0, 0.0
        self._edits: dict[Action, Callable[[], None]] = {
            "cut": self._cut, "drop": self._drop, "lead": self._lead, "tap": self._tap,
            "offset": self._first_beat, "section": self._section, "no section": self._no_section,
            "chorus": self._chorus, "mirror": self._mirrored, "undo": self._undo,
            "redo": self._redo, "save": self._save,
        }  # fmt: skip

    @property
    def history(self) -> History:
        """All drafts so far."""
        return self._drawer.history

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        return self.history.now

    # time passes

    def step(self, now_s: float) -> Page | None:
        """Play on, keep what was edited, and go on when the song is written."""
        super().step(now_s)
        for trouble in (self._player.step(), self._projector.step(self._player.at_s)):
            if trouble:
                self._say(trouble)
        if self._taps_s and now_s - self._tapped_s > TAPPED_S:
            self._tempo()
        try:
            self._drawer.step()
            song = self._drawer.song()
        except DanceError as why:
            self._say(str(why))
            return self
        if song is not None and self._drawer.in_song:
            return self._done(song)
        if song is not None:
            self._say(_("The song is written. What you changed meanwhile is not in it yet."))
        return self

    def leave(self) -> None:
        """Keep what was edited last; let go of film and sound."""
        self._drawer.close()
        self._player.close()
        self._projector.close()

    # keys

    def key(self, name: str) -> Page | None:
        """Do what a key means; while something is written, letters are letters."""
        writing = self.writing
        if writing is None:
            return super().key(name)
        if name == "backspace" and not writing.composing:
            text = "" if writing.fresh else writing.text[:-1]
            self.writing = replace(writing, text=text, fresh=False)
        if name in ("left", "right", "home", "end"):
            self.writing = replace(writing, fresh=False)
        action = self.screen.writing_meanings.get("return" if "enter" in name else name)
        held = writing.composing and name != "escape"  # the key is the input method's
        return self if action is None or held else self.act(action)

    def act(self, action: Action) -> Page | None:
        """Do what keys and chips ask for."""
        if action == "back":
            return self._back()
        if action in ("write", "field"):
            self._write(action)
        elif action in CHOOSE:
            self._choose(CHOOSE.index(action))
        elif action in ("up", "down"):
            self._choose((self.chosen + (1 if action == "down" else -1)) % self.draft.people)
        elif action in MOVES:
            self._move(action)
        elif action in ASKS:
            self.asks = ASKS[action]
        elif action in self._edits:
            self._edits[action]()
        return self

    def _back(self) -> Page | None:
        """Leave what is being done; then the page. The draft stays."""
        if self.writing is not None or self.asks or self._taps_s:
            self.writing, self.asks, self._taps_s = None, "", []
            return self
        return self.back

    def _move(self, action: Action) -> None:
        """Play, stand still, or go elsewhere in the song."""
        player, draft = self._player, self.draft
        row, bar = draft.row_at(player.at_s), draft.tempo.beat_at(player.at_s) / BEATS_OF_BAR
        to_s: dict[str, float] = {
            "left": draft.song_s(max(row - 1, 0)),
            "right": draft.song_s(min(row + 1, len(draft.take.at_s) - 1)),
            "bar back": draft.tempo.second_of(BEATS_OF_BAR * (np.ceil(bar - 0.02) - 1)),
            "bar on": draft.tempo.second_of(BEATS_OF_BAR * (np.floor(bar + 0.02) + 1)),
            "begin": 0.0, "end": player.length_s,
        }  # fmt: skip
        if action == "pause":
            (player.pause if player.playing else player.play)()
        elif action in ("closer", "farther"):
            deepest = int(np.log2(max(player.length_s / CLOSEST_S, 1)))
            self._zoom = min(max(self._zoom + (1 if action == "closer" else -1), 0), deepest)
        else:
            if action in ("left", "right"):
                player.pause()
            player.go(float(to_s[action]))
            player.hear(player.at_s)

    def _choose(self, person: int) -> None:
        """Work on somebody; or they are the other one who was asked for."""
        if person >= self.draft.people:
            return
        if self.asks and person != self.chosen:
            pair, asks = f"{self.chosen + 1},{person + 1}", self.asks
            self.asks = ""
            self.do("swap", f"{pair}@{self._player.at_s:.3f}") if asks == "swap" else self.do(
                "join", pair
            )
            return
        self.chosen = person

    # edits

    def do(self, word: str, told: str) -> None:
        """Do an edit; what it refuses is said."""
        try:
            self._drawer.history = self.history.did(Edit(word, told))
        except EditError as why:
            self._say(str(why))
        else:
            self._told = ("", 0.0)

    def _undo(self) -> None:
        self._drawer.history = self.history.undone()
        self.chosen = min(self.chosen, self.draft.people - 1)

    def _redo(self) -> None:
        self._drawer.history = self.history.redone()

    def _cut(self) -> None:
        self.do("cut", f"{self.chosen + 1}@{self._player.at_s:.3f}")

    def _drop(self) -> None:
        self.do("drop" if self.draft.members[self.chosen] else "keep", str(self.chosen + 1))

    def _lead(self) -> None:
        self.do("lead", str(self.chosen + 1))

    def _first_beat(self) -> None:
        self.do("offset", f"{self._player.at_s:.3f}")

    def _mirrored(self) -> None:
        self.do("mirrored", "no" if self.draft.mirrored else "yes")

    def _chorus(self) -> None:
        self.do("chorus", f"{self._on_beat():.3f}")

    def _section(self) -> None:
        """Let a section begin here; pressed again, it gets the next name."""
        at_s = self._on_beat()
        here = [name for name, start_s in self.draft.sections if abs(start_s - at_s) < 2e-3]
        known = here and here[0] in SECTIONS
        name = SECTIONS[(SECTIONS.index(here[0]) + 1) % len(SECTIONS)] if known else SECTIONS[0]
        if not here and self.draft.sections:
            name = SECTIONS[1]
        self.do("section", f"{name}@{at_s:.3f}")

    def _no_section(self) -> None:
        """Let the section that is on now begin no longer."""
        before = [s for _, s in self.draft.sections if s <= self._player.at_s + 2e-3]
        if before:
            self.do("section", f"@{before[-1]}")

    def _on_beat(self) -> float:
        """Return the beat that is nearest to now, or now where none is near."""
        tempo, at_s = self.draft.tempo, self._player.at_s
        beats = tempo.beat_at(at_s)
        near = abs(beats - round(beats)) < ON_BEAT
        snapped = tempo.second_of(round(beats)) if near else at_s
        return float(min(max(snapped, 0.0), self._player.length_s))

    def _tap(self) -> None:
        """Take a tap on the beat; the film plays meanwhile."""
        if not self._player.playing:
            self._player.play()
            self._taps_s = []
        self._taps_s.append(self._player.at_s)
        self._tapped_s = self.now_s

    def _tempo(self) -> None:
        """Set the tempo that was tapped."""
        told = tempo_of(self._taps_s, self.draft.offset_s)
        self._taps_s = []
        if told is None:
            self._say(_("Tap at least four beats, evenly, while the song plays."))
        else:
            self.do("bpm", f"{told[0]}@{told[1]}")

    def _save(self) -> None:
        """Write the song beside the window."""
        self._player.pause()
        self._drawer.save()

    def _say(self, text: str) -> None:
        self._told = (text, self.now_s)

    # the mouse, and what is written

    def clicked(self, target: Target) -> Page | None:
        """Do what a click asks for."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        if self.writing is not None:
            self._finish_writing()
        if target.kind in ("moment", "first beat"):
            self._drag = target.kind
        if target.kind == "moment":  # a tap is over before the next frame
            self._player.drag(target.which / 1000)
        if target.kind == "member":
            self._choose(target.which)
        elif target.kind == "name":
            self._begin_writing("title" if target.which < 0 else "name")
        return self

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Drag what is held, write what is typed, zoom as the wheel is turned."""
        if hand.held_at is None:
            self._let_go()
        elif self._drag == "moment":
            self._player.drag(self.screen.second_at(hand.held_at, size))
        elif self._drag == "first beat":
            self._drag_beat(self.screen.second_at(hand.held_at, size))
        for name in hand.again:
            if name != "backspace" or self.writing is not None:
                self.key(name)
        for _step in range(min(abs(hand.wheel), 8)):
            self._move("closer" if hand.wheel > 0 else "farther")
        if self.writing is not None:
            fresh = self.writing.fresh and not (hand.typed or hand.composing)
            before = self.writing.text if fresh or not self.writing.fresh else ""
            self.writing = Writing(
                self.writing.field, before + hand.typed, hand.composing, fresh=fresh
            )
        writing = self.writing
        self.writes_at = None if writing is None else self.screen.field_box(writing.field, size)
        return self

    def _drag_beat(self, to_s: float) -> None:
        """Take the first beat along, and let be heard what it would begin with."""
        if self._dragged_s not in (None, to_s):
            self._player.hear(to_s)
        self._dragged_s = to_s

    def _let_go(self) -> None:
        if self._drag == "first beat" and self._dragged_s is not None:
            self.do("offset", f"{self._dragged_s:.3f}")
        self._player.let_go()
        self._drag, self._dragged_s = "", None

    def _write(self, action: Action) -> None:
        """Begin to write, end it, or go on to the next field."""
        field: Field = "name" if self.writing is None else self.writing.field
        if self.writing is not None:
            self._finish_writing()
            if action == "write":
                return
        if action == "field":
            field = FIELDS[(FIELDS.index(field) + 1) % len(FIELDS)]
        self._begin_writing(field)

    def _begin_writing(self, field: Field) -> None:
        draft = self.draft
        told = {"name": draft.names[self.chosen], "title": draft.title, "artist": draft.artist}
        self.writing, self.asks = Writing(field, told[field], fresh=True), ""

    def _finish_writing(self) -> None:
        writing, draft = self.writing, self.draft
        assert writing is not None
        text = (writing.text + writing.composing).strip()
        self.writing = None
        told = {"name": draft.names[self.chosen], "title": draft.title, "artist": draft.artist}
        if text == told[writing.field]:
            return
        number = f"{self.chosen + 1}=" if writing.field == "name" else ""
        self.do(writing.field, number + text)

    # what is shown

    def draw(self, surface: Surface) -> None:
        """Draw one frame."""
        self.screen.draw(surface, self.view())

    def view(self) -> StudioView:
        """Return what is shown now."""
        draft, at_s = self.draft, self._player.at_s
        begin_s, end_s = self._span(at_s)
        notice, since_s = self._told
        return StudioView(
            title=draft.title, artist=draft.artist, film=self._film(at_s), lines=self._line_views(),
            song_s=at_s, length_s=self._player.length_s, begin_s=begin_s, end_s=end_s,
            tempo=self._tempo_now(), sections=draft.sections, preview_s=draft.preview_s,
            cuts_s=tuple(draft.song_s(row) for row in draft.take.cuts),
            mirrored=draft.mirrored, chosen=self.chosen, asks=self.asks,
            playing=self._player.playing, writing=self.writing, taps=len(self._taps_s),
            notice=notice if self.now_s - since_s < NOTICE_S else "",
            status=self._drawer.words, saved=self._drawer.in_song,
        )  # fmt: skip

    def _tempo_now(self) -> Tempo:
        """Return when the beats are, also while the first one is being dragged."""
        if self._dragged_s is None:
            return self.draft.tempo
        return Tempo(self.draft.bpm, self._dragged_s)

    def _film(self, at_s: float) -> FilmView:
        """Return the picture of now with everybody as they are in it."""
        draft = self.draft
        still = self._projector.still
        shown_s = at_s if still is None else still.captured_s + self._projector.start_s
        row = draft.row_at(shown_s)
        joints = draft.joints(row)
        if abs(draft.song_s(row) - shown_s) > MAX_GAP_S:  # before or behind what was looked at
            joints[:] = (np.nan, np.nan, 0)
        return FilmView(None if still is None else still.image, joints, draft.take.size)

    def _span(self, at_s: float) -> tuple[float, float]:
        """Return which part of the song the time line shows: now lies in it."""
        length_s = self._player.length_s
        shown_s = length_s / 2**self._zoom
        if not self._begin_s <= at_s <= self._begin_s + 0.9 * shown_s and not self._drag:
            self._begin_s = at_s - 0.1 * shown_s
        self._begin_s = min(max(self._begin_s, 0.0), length_s - shown_s)
        return self._begin_s, self._begin_s + shown_s

    def _line_views(self) -> tuple[MemberLine, ...]:
        """Return everybody's line; worked out once for a draft."""
        draft = self.draft
        if self._lines[0] is not draft:
            there = draft.there
            lines = tuple(_line(draft, person, there[person]) for person in range(draft.people))
            self._lines = draft, lines
        return self._lines[1]


MOVES: Final = (
    "pause", "left", "right", "bar back", "bar on", "begin", "end", "closer", "farther",
)  # fmt: skip
ASKS: Final[dict[Action, Asks]] = {"swap": "swap", "join": "join"}


def _ends_s(draft: Draft) -> float:
    return max(draft.length_s, draft.song_s(-1))


def _line(draft: Draft, person: int, there: NDArray[np.bool_]) -> MemberLine:
    return MemberLine(
        person + 1, draft.names[person], draft.members[person], person == draft.lead,
        float(there.mean()), draft.left_out(person), draft.spans(there),
    )  # fmt: skip
