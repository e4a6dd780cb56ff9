"""How well a song was recorded: what was seen, guessed, unseen, and what to film again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import BELIEVED
from kpopdance.realtime.pose.offline_filter import FILLED_CONFIDENCE
from kpopdance.realtime.studio.recording import LIMB_JOINTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.library.songpack import SongPack

STATES: Final = ("unseen", "guessed", "seen", "sure")
UNSEEN, GUESSED, SEEN, SURE = range(len(STATES))
ABSENT: Final = -1
"""Of a stretch in which somebody is not on stage: nothing is missing there."""
SURE_FROM: Final = 0.8
"""Confidence: four times in five and more it is right."""
STEP_S: Final = 0.25
AGAIN_S: Final = 1.0
"""What is unseen for so long cannot be judged, and is worth filming again."""
TOGETHER_S: Final = 0.5
"""Between two such stretches; nearer to each other they are one."""
PLACES: Final = 12
"""At most so many of them are named, the longest."""
WORDS: Final = {
    "head": N_("head"), "torso": N_("body"), "right_arm": N_("right arm"),
    "left_arm": N_("left arm"), "right_leg": N_("right leg"), "left_leg": N_("left leg"),
}  # fmt: skip
PAIRS: Final = {
    N_("arms"): {"right_arm", "left_arm"},
    N_("legs"): {"right_leg", "left_leg"},
}
REMEDIES: Final = {
    "legs": N_("film from farther away, with the feet in the picture"),
    "arms": N_("film with room for raised arms, and nobody in front"),
    "head": N_("film with room above the head"),
    "": N_("film with everybody in the picture and nobody in front"),
}


@dataclass(frozen=True, slots=True, eq=False)
class MemberQuality:
    """One member: ``states`` int8 (6, N) of the limbs of ``LIMB_JOINTS``: ``STATES``, or ``ABSENT``.

    A column is ``STEP_S`` long, the first begins at the song's ``start_s``; ``there_s`` is how long
    they are on stage.
    """

    name: str
    states: NDArray[np.int8]
    there_s: float

    def share(self, limb: int, state: int) -> float:
        """Return how much of their time a limb is in a state, 0..1."""
        there = self.states[limb] != ABSENT
        return float((self.states[limb][there] == state).mean()) if there.any() else 0.0

    @property
    def seen(self) -> float:
        """How much of all limbs was seen while they were there, 0..1."""
        there = self.states != ABSENT
        return float((self.states[there] >= SEEN).mean()) if there.any() else 0.0


@dataclass(frozen=True, slots=True)
class Again:
    """A stretch to film again: whose, what is missing (words), in which section, and how."""

    member: int
    start_s: float
    end_s: float
    what: str
    section: str
    remedy: str


@dataclass(frozen=True, slots=True, eq=False)
class SongQuality:
    """How well a song was recorded; ``start_s`` and ``end_s`` are the song seconds it is told for.

    ``again`` is in the song's order.
    """

    song: SongPack
    start_s: float
    end_s: float
    members: tuple[MemberQuality, ...]
    again: tuple[Again, ...]


def quality_of(song: SongPack) -> SongQuality:
    """Return how well a song was recorded, told from its pack alone.

    A joint is guessed where the recording bridged a gap (``fill_gaps``), which its confidence tells.
    """
    start_s = min(dance.start_s for dance in song.members)
    columns = max(1, int(np.ceil((song.length_s - start_s) / STEP_S)))
    members = tuple(
        _member(name_of(song, number), dance, _there(song, number), start_s, columns)
        for number, dance in enumerate(song.members)
    )
    again = [
        one for number, member in enumerate(members) for one in _again(song, number, member, start_s)
    ]  # fmt: skip
    longest = sorted(again, key=lambda one: one.start_s - one.end_s)[:PLACES]
    return SongQuality(
        song, start_s, song.length_s, members,
        tuple(sorted(longest, key=lambda one: (one.start_s, one.member))),
    )  # fmt: skip


def name_of(song: SongPack, member: int) -> str:
    """Return what a member is called: their name, or their number, counted from 1."""
    named = member < len(song.names) and song.names[member]
    return named or _("dancer {number}", number=member + 1)


def section_at(song: SongPack, song_s: float) -> str:
    """Return the name of the section that a song second lies in; empty for none."""
    begun = [name for name, start_s in song.sections if start_s <= song_s + 1e-6]
    return begun[-1] if begun else ""


def states_of(joints: NDArray[np.float32], there: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return what is known of each joint int8 (T, 18) of joints (T, 18, 3): ``STATES`` or ``ABSENT``."""
    confidence = joints[..., 2]
    states = np.full(confidence.shape, UNSEEN, np.int8)
    states[confidence >= BELIEVED] = SEEN
    states[confidence >= SURE_FROM] = SURE
    states[np.isclose(confidence, FILLED_CONFIDENCE, atol=1e-6)] = GUESSED
    states[~there] = ABSENT
    return states


def _there(song: SongPack, member: int) -> NDArray[np.bool_]:
    if song.formation is not None:
        there: NDArray[np.bool_] = song.formation.there[member]
        return there
    return np.ones(song.members[member].joints.shape[0], np.bool_)


def _member(
    name: str, dance: Choreography, there: NDArray[np.bool_], start_s: float, columns: int
) -> MemberQuality:
    states = states_of(dance.joints, there)
    at = (
        (dance.start_s - start_s + np.arange(len(states)) / dance.fps) / STEP_S + 1e-9
    ).astype(int)
    told = np.full((len(LIMB_JOINTS), columns), ABSENT, np.int8)
    for limb, joints in enumerate(LIMB_JOINTS.values()):
        counts = np.zeros((columns, len(STATES) + 1), int)
        own = states[:, list(joints)]
        np.add.at(counts, (np.repeat(at, own.shape[1]).clip(0, columns - 1), own.ravel()), 1)
        # the most frequent; of two alike the worse one, which stands first
        told[limb] = np.where(counts[:, :-1].any(axis=1), counts[:, :-1].argmax(axis=1), ABSENT)
    return MemberQuality(name, told, float(there.sum()) / dance.fps)


def _again(
    song: SongPack, number: int, member: MemberQuality, start_s: float
) -> Iterator[Again]:
    """Yield the stretches in which a member's limbs are unseen for long, together where they are."""
    limbs = list(LIMB_JOINTS)
    missing = {limb: set(_long(member.states[k])) for k, limb in enumerate(limbs)}
    spans = sorted(set().union(*missing.values()))
    while spans:
        begin, end = spans[0]
        gone = {
            limb for limb, stretches in missing.items()
            if any(min(end, b) - max(begin, a) > 0.5 * (end - begin) for a, b in stretches)
        }  # fmt: skip
        what, kind = _words(gone)
        at_s = start_s + begin * STEP_S
        yield Again(
            number,
            at_s,
            start_s + end * STEP_S,
            what,
            section_at(song, at_s),
            _(REMEDIES[kind]),
        )
        spans = [
            span for span in spans[1:]
            if min(end, span[1]) - max(begin, span[0]) <= 0.5 * (span[1] - span[0])
        ]  # fmt: skip


def _long(states: NDArray[np.int8]) -> list[tuple[int, int]]:
    """Return the stretches of columns in which a limb is unseen for long."""
    edges = np.flatnonzero(
        np.diff(np.concatenate([[0], states == UNSEEN, [0]]).astype(np.int8))
    )
    spans: list[tuple[int, int]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if spans and (begin - spans[-1][1]) * STEP_S < TOGETHER_S:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return [(begin, end) for begin, end in spans if (end - begin) * STEP_S >= AGAIN_S]


def _words(gone: set[str]) -> tuple[str, str]:
    """Return what is missing in words, and the kind of ``REMEDIES``."""
    if len(gone) == len(LIMB_JOINTS) or "torso" in gone:
        return _("nothing of them is seen"), ""
    for pair, both in PAIRS.items():
        if both <= gone:
            return _unseen(
                [pair, *(WORDS[one] for one in LIMB_JOINTS if one in gone - both)]
            ), pair
    kind = next((pair for pair, both in PAIRS.items() if gone & both), "head")
    return _unseen([WORDS[one] for one in LIMB_JOINTS if one in gone]), kind


def _unseen(names: Sequence[str]) -> str:
    *first, last = names
    if first:
        limbs = ", ".join(map(_, first))
        return _("the {limbs} and {last} are not seen", limbs=limbs, last=_(last))
    if last in PAIRS:
        return _("the {limbs} are not seen", limbs=_(last))
    return _("the {limb} is not seen", limb=_(last))
