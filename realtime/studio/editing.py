"""A song before it is one: what was seen in its film, corrected by hand, edit by edit.

An edit is a word and what is told with it, ``swap`` and ``1,2@12.5``: the same on the page, on the
command line and in a file. What was seen is never touched: a draft only says whose row of it is whose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.studio.bar_lines import FASTEST_BPM, SLOWEST_BPM, on_bars
from kpopdance.realtime.studio.take import REASONS, Take

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Rows = NDArray[np.int16]

T = TypeVar("T")
NOBODY: Final = -1
MOST_BOTH_S: Final = 0.5
"""Two who are one may be seen side by side for so long, where one was lost and the other found."""
MOST_PEOPLE: Final = 64
LONGEST: Final = 300
"""Letters of a title, an artist."""
LONGEST_NAME: Final = 100
YES_NO: Final = {"yes": True, "no": False}
SECTIONS: Final = ("intro", "verse", "pre-chorus", "chorus", "bridge", "dance break", "outro")
"""Usual names, in the order in which the page offers them."""


class EditError(DanceError):
    """What was asked for cannot be done; the draft is as it was."""


class Edit(NamedTuple):
    """One correction: a word of ``EDITS``, and what is told with it."""

    word: str
    told: str


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A song to be.

    Attributes
    ----------
    take : Take
        What was seen.
    who : int16 (P, T)
        Whose row of the take is each person's; ``NOBODY`` where they are not there.
    names : tuple of str
        Of all people, empty where they have none.
    members : tuple of bool
        Who of them dances in the song.
    lead : int
        The member to copy.
    start_s, length_s : float
        Song second of the first picture, and how long the song sounds.
    finished : bool
        Whether the take's rows are a song's own, smoothed long ago.
    title, artist, bpm, offset_s, tempo_changes, sections, preview_s, mirrored
        As in ``SongPack``.
    """

    take: Take
    who: Rows
    names: tuple[str, ...]
    members: tuple[bool, ...]
    lead: int
    title: str
    artist: str = ""
    bpm: float = 120.0
    offset_s: float = 0.0
    preview_s: float = 0.0
    sections: tuple[tuple[str, float], ...] = ()
    mirrored: bool = False
    start_s: float = 0.0
    length_s: float = 0.0
    finished: bool = False
    tempo_changes: tuple[tuple[float, float], ...] = ()

    @property
    def people(self) -> int:
        """How many there are, members or not."""
        return len(self.who)

    @property
    def there(self) -> NDArray[np.bool_]:
        """Bool (P, T): when each is on stage."""
        rows = np.arange(self.who.shape[1])
        return np.asarray((self.who != NOBODY) & self.take.there[self.who, rows])

    @property
    def tempo(self) -> Tempo:
        """When its beats are."""
        return Tempo(self.bpm, self.offset_s, self.tempo_changes)

    def row_at(self, song_s: float) -> int:
        """Return the picture's number that is nearest to a song second."""
        at_s, film_s = self.take.at_s, song_s - self.start_s
        after = int(np.clip(np.searchsorted(at_s, film_s), 1, len(at_s) - 1))
        return after - 1 if film_s - at_s[after - 1] <= at_s[after] - film_s else after

    def song_s(self, row: int) -> float:
        """Return a picture's song second."""
        return float(self.take.at_s[row]) + self.start_s

    def joints(self, row: int) -> NDArray[np.float32]:
        """Return everybody's joints float32 (P, 18, 3) px in a picture."""
        seen: NDArray[np.float32] = self.take.joints[self.who[:, row], row].copy()
        seen[self.who[:, row] == NOBODY] = (np.nan, np.nan, 0)
        return seen

    def label(self, person: int) -> str:
        """Return what somebody is called: their name, or their number, counted from 1."""
        return self.names[person] or f"dancer {person + 1}"

    def left_out(self, person: int) -> str:
        """Return why somebody is no member, in words that go on after who it is; empty for members."""
        if self.members[person]:
            return ""
        if not self.there[person].any():
            return _("is nowhere in the film")
        reasons = self.take.reasons
        told = reasons[person] if person < len(reasons) else "member"
        return _("was dropped") if told == "member" else _(REASONS[told])

    def spans(self, there: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
        """Return from when until when somebody is there, bool (T,): song seconds."""
        edges = np.flatnonzero(np.diff(there, prepend=False, append=False)).reshape(-1, 2)
        last = len(there) - 1
        return tuple(
            (self.song_s(int(begin)), self.song_s(min(int(end), last))) for begin, end in edges
        )

    def corrected(self) -> Take:
        """Return what was seen as it is now understood: everybody's own rows, members and lead."""
        rows = np.arange(self.who.shape[1])
        joints = self.take.joints[self.who, rows]
        floor = self.take.floor[self.who, rows]
        joints[self.who == NOBODY] = (np.nan, np.nan, 0)
        floor[self.who == NOBODY] = np.nan
        return Take(
            self.take.at_s, self.take.size, joints, self.there, floor,
            tuple("member" if one else "unasked" for one in self.members),
            self.take.cuts, self.lead, self.take.splits,
        )  # fmt: skip


def draft_of(take: Take, title: str) -> Draft:
    """Return what was seen, uncorrected."""
    people, rows = take.there.shape
    who = np.repeat(np.arange(people, dtype=np.int16)[:, None], rows, axis=1)
    return Draft(
        take, _still(who), ("",) * people, tuple(why == "member" for why in take.reasons),
        take.lead, title,
    )  # fmt: skip


def edited(draft: Draft, edit: Edit) -> Draft:
    """Return a draft with one edit done.

    Raises
    ------
    EditError
        Where it cannot be done: why, and what can be.
    """
    if edit.word not in EDITS:
        raise EditError(
            _(
                "{word}: there is no such edit; choose one of {edits}",
                word=edit.word,
                edits=", ".join(EDITS),
            )
        )
    try:
        return _settled(EDITS[edit.word](draft, edit.told))
    except EditError as why:
        raise EditError(f"{edit.word} {edit.told}: {why}") from None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Drafts after one another, each with the edit that led to it; ``at`` is the one that counts.

    The first one has no edit.
    """

    drafts: tuple[Draft, ...]
    edits: tuple[Edit, ...] = ()
    at: int = 0

    @property
    def now(self) -> Draft:
        """The draft that counts."""
        return self.drafts[self.at]

    @property
    def done(self) -> tuple[Edit, ...]:
        """The edits that led to it."""
        return self.edits[: self.at]

    def did(self, edit: Edit) -> History:
        """Return it with one edit more; what was undone is gone. Raises EditError."""
        drafts = (*self.drafts[: self.at + 1], edited(self.now, edit))
        return History(drafts, (*self.done, edit), self.at + 1)

    def undone(self) -> History:
        """Return it one edit back."""
        return replace(self, at=max(0, self.at - 1))

    def redone(self) -> History:
        """Return it with the edit again that was undone last."""
        return replace(self, at=min(len(self.edits), self.at + 1))


def _settled(draft: Draft) -> Draft:
    """Return a draft whose members are there, and whose lead is one of them."""
    members = tuple(
        one and bool(there.any()) for one, there in zip(draft.members, draft.there, strict=True)
    )
    if not any(members):
        raise EditError(_("nobody would be left; a song needs a dancer"))
    lead = draft.lead if members[draft.lead] else members.index(True)
    return replace(draft, members=members, lead=lead)


# the edits: a draft and what is told in, a draft out


def _swap(draft: Draft, told: str) -> Draft:
    names, span = _parted(told)
    one, other = _people(draft, names, 2)
    begin_s, end_s = _span(span)
    rows = slice(draft.row_at(begin_s), None if end_s is None else draft.row_at(end_s))
    who = draft.who.copy()
    who[[one, other], rows] = who[[other, one], rows]
    return replace(draft, who=_still(who))


def _cut(draft: Draft, told: str) -> Draft:
    names, at = _parted(told)
    (one,) = _people(draft, names, 1)
    row, there = draft.row_at(_number(at)), draft.there[one]
    if not (there[:row].any() and there[row:].any()):
        raise EditError(
            _("{label} is not there both before and after that", label=draft.label(one))
        )
    if draft.people == MOST_PEOPLE:
        raise EditError(_("there are {most_people} people already", most_people=MOST_PEOPLE))
    who = np.concatenate([draft.who, np.full_like(draft.who[:1], NOBODY)])
    who[-1, row:], who[one, row:] = who[one, row:].copy(), NOBODY
    return replace(
        draft, who=_still(who), names=(*draft.names, ""),
        members=(*draft.members, draft.members[one]),
    )  # fmt: skip


def _join(draft: Draft, told: str) -> Draft:
    one, other = _people(draft, told, 2)
    there = draft.there
    both = np.flatnonzero(there[one] & there[other])
    lasts_s = len(both) * float(np.median(np.diff(draft.take.at_s)))
    if lasts_s > MOST_BOTH_S:
        raise EditError(
            _(
                "both are on stage at {song_s:.1f} s: they are two; cut first",
                song_s=draft.song_s(int(both[0])),
            )
        )
    who = draft.who.copy()
    who[one] = np.where(there[one], who[one], np.where(there[other], who[other], who[one]))
    who[other] = NOBODY
    names = _with(draft.names, one, draft.names[one] or draft.names[other])
    lead = one if draft.lead == other else draft.lead
    return replace(
        draft, who=_still(who), names=_with(names, other, ""),
        members=_with(draft.members, one, True), lead=lead,
    )  # fmt: skip


def _drop(draft: Draft, told: str) -> Draft:
    members = draft.members
    for one in _people(draft, told):
        members = _with(members, one, False)
    return replace(draft, members=members)


def _keep(draft: Draft, told: str) -> Draft:
    members = draft.members
    for one in _people(draft, told):
        if not draft.there[one].any():
            raise EditError(_("{label} is nowhere in the film", label=draft.label(one)))
        members = _with(members, one, True)
    return replace(draft, members=members)


def _name(draft: Draft, told: str) -> Draft:
    number, sign, name = told.partition("=")
    if not sign:
        raise EditError(_("write a number, = and a name, e.g. 1=해린"))
    (one,) = _people(draft, number, 1)
    return replace(draft, names=_with(draft.names, one, _text(name, LONGEST_NAME)))


def _lead(draft: Draft, told: str) -> Draft:
    (one,) = _people(draft, told, 1)
    if not draft.members[one]:
        raise EditError(_("{label} is no member; keep them first", label=draft.label(one)))
    return replace(draft, lead=one)


def _bpm(draft: Draft, told: str) -> Draft:
    bpm, sign, offset = told.partition("@")
    value = _number(bpm)
    if not SLOWEST_BPM <= value <= FASTEST_BPM:
        raise EditError(
            _(
                "choose {slowest_bpm:g} to {fastest_bpm:g} beats a minute",
                slowest_bpm=SLOWEST_BPM,
                fastest_bpm=FASTEST_BPM,
            )
        )
    offset_s = _offset_s(offset) if sign else draft.offset_s
    return on_bars(draft, replace(draft, bpm=value, offset_s=offset_s, tempo_changes=()))


def _offset(draft: Draft, told: str) -> Draft:
    value = _offset_s(told)
    changes = tuple(change for change in draft.tempo_changes if change[0] > value)
    return on_bars(draft, replace(draft, offset_s=value, tempo_changes=changes))


def _section(draft: Draft, told: str) -> Draft:
    name, at = _parted(told)
    at_s = _second(draft, at)
    kept = [(each, s) for each, s in draft.sections if abs(s - at_s) > 1e-3]
    if name.strip():
        kept.append((_text(name, LONGEST_NAME), at_s))
    elif len(kept) == len(draft.sections):
        raise EditError(_("no section begins there"))
    return replace(draft, sections=tuple(sorted(kept, key=lambda each: each[1])))


def _chorus(draft: Draft, told: str) -> Draft:
    return replace(draft, preview_s=_second(draft, told))


def _mirrored(draft: Draft, told: str) -> Draft:
    if told not in YES_NO:
        raise EditError(_("say yes or no"))
    return replace(draft, mirrored=YES_NO[told])


def _title(draft: Draft, told: str) -> Draft:
    title = _text(told, LONGEST)
    if not title:
        raise EditError(_("is blank; give the song's title"))
    return replace(draft, title=title)


def _artist(draft: Draft, told: str) -> Draft:
    return replace(draft, artist=_text(told, LONGEST))


EDITS: Final[dict[str, Callable[[Draft, str], Draft]]] = {
    "swap": _swap, "cut": _cut, "join": _join, "drop": _drop, "keep": _keep, "name": _name,
    "lead": _lead, "bpm": _bpm, "offset": _offset, "section": _section, "chorus": _chorus,
    "mirrored": _mirrored, "title": _title, "artist": _artist,
}  # fmt: skip


# what is told


def _parted(told: str) -> tuple[str, str]:
    """Return what stands before and behind the last @."""
    before, sign, behind = told.rpartition("@")
    if not sign:
        raise EditError(_("say when: @ and a song second behind it, e.g. @12.5"))
    return before, behind


def _people(draft: Draft, text: str, count: int | None = None) -> list[int]:
    """Return whom some numbers mean: counted from 1, in ``1,3``; or names that were given."""
    people = [_person(draft, part.strip()) for part in text.split(",")]
    if count not in (None, len(people)) or len(set(people)) != len(people):
        many = (
            _("one dancer") if count == 1 else _("two dancers") if count == 2 else _("dancers")
        )
        raise EditError(
            _("name {many}, e.g. {example}", many=many, example="1" if count == 1 else "1,2")
        )
    return people


def _person(draft: Draft, text: str) -> int:
    if text.isdecimal() and len(text) < 4 and 1 <= int(text) <= draft.people:
        return int(text) - 1
    if text in draft.names and text:
        return draft.names.index(text)
    raise EditError(
        _(
            "there is no dancer {text}; they are 1 to {people}",
            text=text or _("without a number"),
            people=draft.people,
        )
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise EditError(_("{text!r} is no number", text=text))
    return value


def _offset_s(text: str) -> float:
    value = _number(text)
    if not -60 <= value <= 600:
        raise EditError(_("choose a song second from -60 to 600"))
    return value


def _span(text: str) -> tuple[float, float | None]:
    """Return from when until when: ``12.5`` or ``12.5-20``."""
    begin, sign, end = text.partition("-")
    begin_s, end_s = _number(begin), _number(end) if sign else None
    if end_s is not None and end_s <= begin_s:
        raise EditError(_("it ends before it begins"))
    return begin_s, end_s


def _second(draft: Draft, text: str) -> float:
    value = _number(text)
    ends_s = max(draft.length_s, draft.song_s(-1))
    if not 0 <= value <= ends_s:
        raise EditError(_("the song goes from 0 to {ends_s:.1f} s", ends_s=ends_s))
    return value


def _text(text: str, longest: int) -> str:
    clean = text.strip()
    if len(clean) > longest:
        raise EditError(_("it is longer than {longest} letters", longest=longest))
    if not clean.isprintable():
        raise EditError(_("it holds signs that cannot be shown; leave them out"))
    return clean


def _with(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])


def _still(rows: Rows) -> Rows:
    rows.flags.writeable = False
    return rows
