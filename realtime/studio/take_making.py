"""From what was seen in a film to a take: who is who, who is a member, where each stands and when."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.body import L_KNEE, R_KNEE
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.library.choreography_file import MAX_MEMBERS
from kpopdance.realtime.pose.casting import people_of
from kpopdance.realtime.pose.floor import floor_of
from kpopdance.realtime.pose.hidden import without_hidden, without_others_hands
from kpopdance.realtime.pose.panels import in_their_panels, panel_of, splits_of
from kpopdance.realtime.pose.pieces import look_alike
from kpopdance.realtime.pose.scenes import STANDS, cuts_of
from kpopdance.realtime.pose.stature import torsos_over_time
from kpopdance.realtime.pose.strangers import reasons_of, without_twins
from kpopdance.realtime.pose.tracker import prominence
from kpopdance.realtime.pose.tracklets import tracklets_of
from kpopdance.realtime.studio.lookout import look_at
from kpopdance.realtime.studio.recording import RecordingError, check_pictures
from kpopdance.realtime.studio.take import MAX_PEOPLE, Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.pose.panels import Split
    from kpopdance.realtime.pose.sightings import Sightings
    from kpopdance.realtime.pose.strangers import Reason
    from kpopdance.realtime.studio.kept_looks import KeptLooks

LEAST_S: Final = 0.4  # who is seen for less is a mistake of the networks, and nobody
LEAST_SEEN: Final = 0.1  # of the pictures: where all are seen less, there is no dance
HIDDEN_S: Final = 1.0  # unseen for so long, somebody is still there wherever they were
AT_EDGE: Final = 0.08  # of the picture's width: who vanishes so near to it has left
CLOSE_UP: Final = 1.8  # times as large as somebody usually is in the film, and without legs
KNEES: Final = (R_KNEE, L_KNEE)
BEHIND_CUT_S: Final = 5.0  # the camera looks elsewhere: who is seen before and after is there
UNSEEN_ROW: Final = -2  # in no panel, and not in the whole picture either
ONE_SIZE_PX: Final = 60.0  # a torso of the largest in each panel, so that sizes can be compared
EVERY: Final = 5  # pictures, for what changes slowly


def take_from(
    frames: Iterable[Frame],
    eyes: Eyes,
    *,
    dancers: tuple[int, ...] = (),
    kept: KeptLooks | None = None,
    progress: Callable[[Frame], None] = lambda _: None,
) -> Take:
    """Return the take of a film that is looked at, see ``look_at`` and ``take_of``."""
    return take_of(look_at(frames, eyes, kept=kept, progress=progress), dancers)


def take_of(seen: Sightings, dancers: tuple[int, ...] = ()) -> Take:
    """Return the take of a film by what was seen in it.

    Parameters
    ----------
    seen : Sightings
    dancers : tuple of int
        Who becomes a member, counted from the left, from 1: first those who dance, then everybody
        else; the first of them is the lead; empty: all who dance.

    Raises
    ------
    RecordingError
        Where nobody is seen, or not the dancers asked for.
    """
    check_pictures(seen.at_s.tolist())
    width, height = seen.size.tolist()
    size = (width, height)
    cuts = cuts_of(seen.at_s, seen.scenery, seen.moved)
    splits = splits_of(seen, cuts)
    seen, panel, cuts = _split_up(seen, splits, cuts)
    people = people_of(seen, tracklets_of(seen, cuts, panel), cuts, panel)
    length_s = seen.at_s[-1] - seen.at_s[0]
    least = min(LEAST_S, length_s / 4) / length_s * (len(seen.at_s) - 1)
    people = [each for each in people if len(each) >= least][:MAX_PEOPLE]
    joints = _joints(seen, people)
    if not len(joints) or _share_seen(joints) < LEAST_SEEN:
        raise RecordingError(
            _(
                "hardly anybody is seen in the video; choose one that shows a whole dancer, well lit"
            )
        )
    joints = _without_close_ups(seen.at_s, joints)
    reasons = _few_enough(joints, _reasons(seen, people, panel, joints, splits))
    order = _from_left(joints, reasons)
    joints, told = joints[order], _asked([reasons[k] for k in order], dancers)
    return Take(
        at_s=seen.at_s, size=size, joints=joints,
        floor=floor_of(seen.at_s, _on_one_floor(joints, splits), size, seen.moved, cuts),
        there=np.stack([_there(seen.at_s, one, size, cuts) for one in joints]),
        reasons=tuple(told), cuts=tuple(cuts),
        lead=dancers[0] - 1 if dancers else _lead(joints, told, size[0]),
        splits=tuple(splits),
    )  # fmt: skip


def _split_up(
    seen: Sightings, splits: Sequence[Split], cuts: list[int]
) -> tuple[Sightings, NDArray[np.int64], list[int]]:
    """Return a film with each panel of a split screen as a scene of its own: panels (N,) and cuts."""
    panel = panel_of(seen, splits)
    moved, edges = seen.moved.copy(), set(cuts)
    for split in splits:
        moved[split.first : split.behind] = STANDS  # each panel has a camera of its own
        edges |= {split.first, split.behind} - {0, len(seen.at_s)}
    joints = in_their_panels(seen, splits, panel)
    return replace(seen, joints=joints, moved=moved), panel, sorted(edges)


def _reasons(
    seen: Sightings, people: Sequence[NDArray[np.int64]], panel: NDArray[np.int64],
    joints: NDArray[np.float32], splits: Sequence[Split],
) -> list[Reason]:  # fmt: skip
    """Return who of people (P, T, 18, 3) dances; sizes are compared within a panel."""
    if not splits:
        return reasons_of(seen.at_s, joints)
    where = np.full(joints.shape[:2], UNSEEN_ROW)
    for own, each in zip(where, people, strict=True):
        own[seen.rows[each]] = panel[each]
    there = where != UNSEEN_ROW
    both = there[:, None] & there[None]
    elsewhere = both & (where[:, None] != where[None])
    twins = look_alike(seen, people) & both.any(axis=2) & (elsewhere == both).all(axis=2)
    alike = _of_one_size(seen.at_s, joints, where, splits)
    return without_twins(seen.at_s, joints, reasons_of(seen.at_s, alike), twins)


def _of_one_size(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], where: NDArray[np.int64],
    splits: Sequence[Split],
) -> NDArray[np.float32]:  # fmt: skip
    """Return joints (P, T, 18, 3), as large in each panel (P, T) as in any other."""
    out, torso = joints.copy(), torsos_over_time(at_s, joints)
    for split in splits:
        for k in range(len(split.panels)):
            here = where == k
            here[:, : split.first] = here[:, split.behind :] = False
            sizes = [
                np.median(own[row]) for own, row in zip(torso, here, strict=True) if row.any()
            ]
            out[here, :, :2] *= ONE_SIZE_PX / max([*sizes, 1.0])
    return out


def _on_one_floor(joints: NDArray[np.float32], splits: Sequence[Split]) -> NDArray[np.float32]:
    """Return joints (P, T, 18, 3), unseen in split screens: their floors are not told apart."""
    out = joints.copy() if splits else joints
    for split in splits:
        out[:, split.first : split.behind] = (np.nan, np.nan, 0)
    return out


def _joints(seen: Sightings, people: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
    """Return the joints (P, T, 18, 3) that are seen of these people, and are theirs."""
    joints = np.full((len(people), len(seen.at_s), 18, 3), np.nan, np.float32)
    joints[..., 2] = 0
    for own, each in zip(joints, people, strict=True):
        own[seen.rows[each]] = seen.joints[each]
    if len(people) < 2:
        return joints
    return without_hidden(seen.at_s, without_others_hands(joints, seen, people))


def _without_close_ups(
    at_s: NDArray[np.float64], joints: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return joints (P, T, 18, 3), unseen where somebody is shown from so near that no dance is."""
    torso = torsos_over_time(at_s, joints)
    usual = np.array([np.median(own[own > 0]) if (own > 0).any() else 0.0 for own in torso])
    legs = (joints[:, :, KNEES, 2] > 0).any(axis=2)
    out = joints.copy()
    out[(torso > CLOSE_UP * usual[:, None]) & ~legs] = (np.nan, np.nan, 0)
    return out


def _share_seen(joints: NDArray[np.float32]) -> float:
    """Return the share of joints seen of who is seen most."""
    return float((joints[..., 2] > 0).mean(axis=(1, 2)).max())


def _few_enough(joints: NDArray[np.float32], reasons: list[Reason]) -> list[Reason]:
    """Return reasons with no more members than a song has: those who are seen most."""
    seen = (joints[..., 2] > 0).any(axis=-1).sum(axis=1)
    members = sorted(
        (k for k, why in enumerate(reasons) if why == "member"), key=lambda k: -int(seen[k])
    )  # fmt: skip
    left_out = members[MAX_MEMBERS:]
    return ["seldom" if k in left_out else why for k, why in enumerate(reasons)]


def _from_left(joints: NDArray[np.float32], reasons: Sequence[Reason]) -> list[int]:
    """Return people, members first, from left to right in the first picture with the most members."""
    members = np.array([why == "member" for why in reasons])
    seen = np.asarray((joints[..., 2] > 0).any(axis=-1))
    row = int(seen[members].sum(axis=0).argmax())

    def place(k: int) -> tuple[bool, bool, float]:
        own = row if seen[k, row] else int(seen[k].argmax())
        return not members[k], not seen[k, row], float(np.nanmean(joints[k, own, :, 0]))

    return sorted(range(len(joints)), key=place)


def _asked(reasons: list[Reason], dancers: tuple[int, ...]) -> list[Reason]:
    """Return the reasons with those members who were asked for."""
    if not dancers:
        return reasons
    if max(dancers) > len(reasons):
        raise RecordingError(
            _(
                "dancer {dancers} was asked for, but {reasons} people are seen in the video; count "
                "them from the left",
                dancers=max(dancers),
                reasons=len(reasons),
            )
        )
    told: list[Reason] = []
    for number, why in enumerate(reasons, start=1):
        rest: Reason = "unasked" if why == "member" else why
        told.append("member" if number in dancers else rest)
    return told


def _there(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], size: tuple[int, int], cuts: Sequence[int]
) -> NDArray[np.bool_]:  # fmt: skip
    """Return when somebody is on stage, bool (T,): seen, or hidden until they are seen again."""
    seen = np.asarray((joints[..., 2] > 0).any(axis=-1))
    there = seen.copy()
    for left, right in pairwise(np.flatnonzero(seen).tolist()):
        gone_s = at_s[right] - at_s[left]
        if any(left < cut <= right for cut in cuts):
            hidden = gone_s <= BEHIND_CUT_S
        else:
            hidden = not any(_at_edge(joints[row], size[0]) for row in (left, right))
        if gone_s <= HIDDEN_S or hidden:
            there[left:right] = True
    return there


def _at_edge(joints: NDArray[np.float32], width: int) -> bool:
    x = joints[joints[:, 2] > 0, 0]
    return bool(x.min() < AT_EDGE * width or x.max() > (1 - AT_EDGE) * width)


def _lead(joints: NDArray[np.float32], reasons: Sequence[Reason], width: int) -> int:
    """Return which member is the largest, most central and longest seen."""
    shares = np.zeros(len(joints))
    for k, (own, why) in enumerate(zip(joints, reasons, strict=True)):
        if why == "member":
            rows = [row for row in own[::EVERY] if (row[:, 2] > 0).any()]
            shares[k] = 1e-6 + sum(prominence(Pose(row.copy()), width) for row in rows)
    return int(shares.argmax())
