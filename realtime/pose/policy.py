"""Which network looks at whom in a frame: where exactness is weighed against time.

Bottom-up (OpenPose on the full picture) costs the same for one dancer or ten; top-down (close looks
at each, see ``looks.py``) costs per dancer and is more exact; OpenPose on a crop lies between.
Everybody is found bottom-up, at the start and whenever a dancer is lost; between, each is followed
by crop:

- by close looks and OpenPose where the time of a frame allows it, their joints merged;
- by close looks alone, and with OpenPose for the worst seen as far as the time goes;
- once in a while by OpenPose too, which sees who else stands in the crop: so the one followed stays
  the one, and not whom the others find nearest to its middle;
- where not even close looks for each fit, by whatever takes less: they for each or one picture.

What each look costs is measured while playing; offline, time does not press and nothing depends on
how fast the computer is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.looks import LOOKS, close_looks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpopdance.realtime.pose.looks import Look

RECHECK_S: Final = (
    1.0  # hardly seen: a full picture this often, in case we hold on to furniture
)
SEARCH_S: Final = 0.3  # others wait while one is looked for, so not in every frame
CONFIRM_S: Final = 2.0  # this long without OpenPose having seen the dancer too
FRESH_S: Final = 5.0  # what a look cost longer ago says little
SHARE: Final = 0.9  # of the frame's time; the rest is the game's
COSTS_KEPT: Final = 30


@dataclass(frozen=True, slots=True)
class Need:
    """One dancer's state: ``lost``, hardly seen (``doubtful``), mean confidence 0..1."""

    lost: bool
    doubtful: bool
    sureness: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One frame's looks: the full picture or not, and at each dancer with which of the crops.

    Who has no crop is taken from the full picture, or left unseen in this frame.
    """

    everybody: bool
    crops: tuple[tuple[Look, ...], ...]


@dataclass(slots=True, eq=False)
class Costs:
    """Seconds of each kind of look: the median of the last few seconds'.

    A look not taken for longer costs what it cost at best: too dear once is tried again, and a
    hiccup is forgotten. ``at_s`` is the host second of now.
    """

    at_s: float = 0.0
    _seen: dict[Look, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, look: Look, took_s: float) -> None:
        """Remember one."""
        kept = self._seen.setdefault(look, [])
        kept.append((self.at_s, took_s))
        del kept[:-COSTS_KEPT]

    def forget(self) -> None:
        """Begin to measure anew."""
        self._seen.clear()

    def of(self, look: Look) -> float:
        """Return what such a look takes."""
        seen = self._seen.get(look)
        if not seen:
            return LOOKS[look].guess_s
        fresh = [took_s for at_s, took_s in seen if at_s > self.at_s - FRESH_S]
        return float(np.median(fresh)) if fresh else min(took_s for _, took_s in seen)


class Policy:
    """``plan`` says what to look at in the next frame.

    Parameters
    ----------
    wish : str
        ``auto``: by cost; ``openpose``: it alone; else the close looks alone, at every dancer.
    close : collection of str
        The names of the top-down networks there are.
    budget_s : float
        What looking at one frame may take; infinite offline.

    Attributes
    ----------
    close : tuple of Look
        Those of them that look at a dancer together.
    """

    def __init__(self, wish: str, *, close: Collection[str], budget_s: float) -> None:
        self.costs = Costs()
        self.close = close_looks(close, unhurried=math.isinf(budget_s))
        self._wish = wish if self.close else "openpose"
        self._budget_s = SHARE * budget_s
        self.reset()

    def reset(self) -> None:
        """Forget when it last looked."""
        self._full_s = -np.inf
        self._confirmed_s: dict[int, float] = {}

    def plan(self, needs: Sequence[Need], at_s: float) -> Plan:
        """Return the looks at the frame captured at host second ``at_s``."""
        self.costs.at_s = at_s
        crops = None if self._search(needs, at_s) else self._crops(needs, at_s)
        if crops is not None:
            return Plan(False, crops)
        self._full_s = at_s
        self._confirmed_s = dict.fromkeys(range(len(needs)), at_s)
        return Plan(True, ((),) * len(needs))

    def _search(self, needs: Sequence[Need], at_s: float) -> bool:
        """Say whether somebody has to be looked for in the full picture."""
        if all(need.lost for need in needs):
            return True
        waited_s = at_s - self._full_s
        if any(need.lost for need in needs) and waited_s >= SEARCH_S:
            return True
        return any(need.doubtful for need in needs) and waited_s >= RECHECK_S

    def _crops(self, needs: Sequence[Need], at_s: float) -> tuple[tuple[Look, ...], ...] | None:
        """Return each dancer's crops, or None where one full picture serves better."""
        there = [k for k, need in enumerate(needs) if not need.lost]
        if self._better_all_at_once(len(there)):
            return None
        if self._wish == "openpose":
            return tuple(() if need.lost else ("crop",) for need in needs)
        both = set(sorted(there, key=lambda k: needs[k].sureness)[: self._room(len(there))])
        both |= self._unconfirmed(there, at_s)
        for k in both:
            self._confirmed_s[k] = at_s
        return tuple(
            () if need.lost else ("crop", *self.close) if k in both else self.close
            for k, need in enumerate(needs)
        )

    def _better_all_at_once(self, players: int) -> bool:
        """Say whether crops of each take more time than there is and than one full picture."""
        if np.isinf(self._budget_s) or self._wish not in ("auto", "openpose"):
            return False
        each_s = self.costs.of("crop") if self._wish == "openpose" else self._close_s()
        crops_s = players * each_s
        return crops_s > max(self._budget_s, self.costs.of("everybody"))

    def _room(self, players: int) -> int:
        """Return how many of the dancers, each looked at closely, there is time for OpenPose too."""
        if self._wish != "auto":
            return 0
        if np.isinf(self._budget_s):
            return players
        left_s = self._budget_s - players * self._close_s()
        return max(0, int(left_s / max(self.costs.of("crop"), 1e-6)))

    def _close_s(self) -> float:
        """Return what looking at one dancer closely takes."""
        return sum(self.costs.of(look) for look in self.close)

    def _unconfirmed(self, there: list[int], at_s: float) -> set[int]:
        """Return who, at most one, has been without OpenPose for too long."""
        late = [k for k in there if at_s - self._confirmed_s.setdefault(k, at_s) >= CONFIRM_S]
        return set(late[:1])
