"""Which network looks at whom in a frame: where exactness is weighed against time.

Close looks see one dancer each, cost for each, and are exact; OpenPose sees everybody in a picture at
one price. One rule, frame by frame:

- Everybody who is followed gets the cheapest close look there is, in every frame.
- What time is left makes the worst seen ones' looks more exact, rung by rung of the ladder that cost and
  exactness make (``looks.py``); at its end OpenPose looks at the crop too. A rung that is much more
  exact may take a twentieth of a second (of a group a twelfth), so that not every frame is looked at;
  others the frame's time.
- The picture is looked at when somebody is lost, hardly seen, crosses another player, or was not
  confirmed by OpenPose for a while: so the one followed stays the one, and not whom the others find
  nearest to the crop's middle. A small picture where the full one would cost frames, and the full one
  when the small one was in vain.
- Where not even the cheapest look at each fits, one full picture does if it takes less.

What each look costs is measured while playing. Offline, nothing depends on how fast the computer is:
everybody gets the same glance, the most exact of those that as many dancers can get in ``MANY_TAKE``
times what one would take, as looks are guessed to cost. OpenPose, which puts no more joints in place,
looks at a crop too where it must say who is who, and every half second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from kpopdance.engines.names import LIGHTNING
from kpopdance.realtime.pose.looks import GLANCES, LOOKS, glances, guessed_s

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpopdance.realtime.pose.looks import Glance, Look

RECHECK_S: Final = 1.0  # hardly seen: a picture this often, in case we hold on to furniture
SEARCH_S: Final = 0.3  # others wait while one is looked for, so not in every frame
CROSSING_S: Final = 0.15  # players near each other: close looks see the one in front twice
CROSSING_SHARE: Final = 0.25  # of the time may go to pictures that say who is who
SEARCH_SHARE: Final = 0.1  # of the time may go to pictures while somebody is followed
NOBODY_SHARE: Final = 0.5  # and to full pictures where nobody is
CONFIRM_S: Final = 2.0  # this long without OpenPose having seen the dancers too
CONFIRM_OFTEN_S: Final = 0.5  # the same offline: somebody walks by in that time
FRESH_S: Final = 5.0  # what a look cost longer ago says little
EVENLY_S: Final = 1 / 20  # between looks, where fewer of them are worth it
WORTH_FRAMES: Final = 0.03  # of the joints more in place: worth fewer looks
SHARE: Final = 0.9  # of the frame's time; the rest is the game's
COSTS_KEPT: Final = 30
MANY_TAKE: Final = (
    2.5  # times as long as one dancer, offline; more of them are seen less exactly
)
MANY_LOSE: Final = 0.05  # of the joints in place, at most


@dataclass(frozen=True, slots=True)
class Need:
    """One dancer's state: ``lost``, hardly seen (``doubtful``), mean confidence 0..1.

    ``contested``: was just missed, or has somebody near who is not followed; ``crossing``: has another
    player so near that either may be taken for the other.
    """

    lost: bool
    doubtful: bool
    sureness: float
    contested: bool = False
    crossing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One frame's looks: ``everybody``, ``small`` or no picture, and the glance at each dancer.

    Who gets no glance is taken from the picture, or left unseen in this frame.
    """

    picture: Look | None
    crops: tuple[Glance, ...]


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

    def forget(self, *looks: Look) -> None:
        """Begin to measure these looks anew, or all."""
        for look in looks or tuple(self._seen):
            self._seen.pop(look, None)

    def of(self, look: Look) -> float:
        """Return what such a look takes."""
        seen = self._seen.get(look)
        if not seen:
            return LOOKS[look].guess_s
        fresh = [took_s for at_s, took_s in seen if at_s > self.at_s - FRESH_S]
        return median(fresh) if fresh else min(took_s for _, took_s in seen)


class Policy:
    """``plan`` says what to look at in the next frame.

    Parameters
    ----------
    wish : str
        ``auto``: by cost; ``openpose``: it alone; else the close looks alone, at every dancer, with
        ``lightning`` so that pictures are searched only for who is lost.
    close : collection of str
        The names of the top-down networks there are.
    budget_s : float
        What looking at one frame may take; infinite offline.
    evenly_s : float
        What it may take for a rung that is much more exact.

    Attributes
    ----------
    looks : tuple of Look
        All that it may ask for.
    """

    def __init__(
        self, wish: str, *, close: Collection[str], budget_s: float, evenly_s: float = EVENLY_S
    ) -> None:
        self.costs = Costs()
        able = glances(close)
        self._wish = wish if able else "openpose"
        self._confirms = wish != LIGHTNING  # who wishes for that has no time to spare
        self._unhurried = math.isinf(budget_s)
        if self._wish == "openpose":
            able = [("crop",)]
        self._glances = able if self._wish == "auto" else able[:1]
        self._frame_s = SHARE * budget_s
        self._time_s = max(self._frame_s, SHARE * evenly_s)
        every = [look for glance in self._glances for look in glance]
        self.looks: Glance = tuple(dict.fromkeys(("everybody", "small", "crop", *every)))
        self.reset()

    @property
    def quickest(self) -> Glance:
        """The glance at a dancer that costs least, as far as that is known."""
        return min(self._glances, key=self._costs_s)

    @property
    def quickest_s(self) -> float:
        """What that costs in all: now and then a picture is looked at too, where there is time."""
        return self._costs_s(self.quickest) / (1 - SEARCH_SHARE * self._confirms)

    @property
    def alone(self) -> Glance:
        """The glance that one dancer alone would get, as looks cost now."""
        return self._even(1) if self._unhurried else self._shared_out([0], None)[0]

    def reset(self) -> None:
        """Forget when it last looked."""
        self._looked_s: dict[Look, float] = {}
        self._confirmed_s: float | None = None
        self._in_vain = False

    def plan(self, needs: Sequence[Need], at_s: float) -> Plan:
        """Return the looks at the frame captured at host second ``at_s``."""
        self.costs.at_s = at_s
        if self._confirmed_s is None:  # nobody is late yet
            self._confirmed_s = at_s
        there = [k for k, need in enumerate(needs) if not need.lost]
        self._in_vain &= len(there) < len(needs)
        picture = self._picture(needs, at_s)
        if picture is None and self._better_all_at_once(len(there)):
            picture, there = "everybody", []
        if picture is not None:
            self._looked_s[picture] = self._confirmed_s = at_s
            self._in_vain = picture == "small"  # if somebody is still lost in the next frame
            # who may be furniture is to be found in the picture, or not at all
            there = [k for k in there if not needs[k].doubtful]
        if picture == "everybody" and self._wish == "openpose":
            there = []
        if self._unhurried:
            crops = self._evenly(needs, there, at_s)
        else:
            crops = self._shared_out(sorted(there, key=lambda k: needs[k].sureness), picture)
        if there and all("crop" in glance for glance in crops.values()):
            self._confirmed_s = at_s
        return Plan(picture, tuple(crops.get(k, ()) for k in range(len(needs))))

    def _picture(self, needs: Sequence[Need], at_s: float) -> Look | None:
        """Return the picture that is to be looked at, if one is."""
        lost = all(need.lost for need in needs)
        if not (lost or self._due(needs, at_s)):
            return None
        if self._unhurried or self.costs.of("everybody") <= self._time_s:
            return "everybody"
        share = NOBODY_SHARE if lost else SEARCH_SHARE
        full_s = self._looked_s.get("everybody", -math.inf)
        full = self._in_vain and at_s - full_s >= self._every_s("everybody", share)
        return "everybody" if full else "small"

    def _due(self, needs: Sequence[Need], at_s: float) -> bool:
        """Say whether it is time for a picture, as dancers are whose needs differ."""
        waited_s = at_s - max(self._looked_s.values(), default=-math.inf)
        often_s = self._every_s("small", SEARCH_SHARE)
        crossing_s = self._every_s("small", CROSSING_SHARE, CROSSING_S)
        confirm_s = max(self._confirm_s(len(needs)), often_s)
        return (
            (any(need.lost for need in needs) and waited_s >= often_s)
            or (any(need.crossing for need in needs) and waited_s >= crossing_s)
            or (any(need.doubtful for need in needs) and waited_s >= max(RECHECK_S, often_s))
            or (self._confirms and at_s - (self._confirmed_s or 0.0) >= confirm_s)
        )

    def _every_s(self, picture: Look, share: float, least_s: float = SEARCH_S) -> float:
        """Return how often a picture may be searched, so that it takes no more than its share."""
        if self._unhurried:
            return least_s
        return max(least_s, self.costs.of(picture) / share)

    def _confirm_s(self, dancers: int) -> float:
        """Return how often OpenPose confirms in a picture who stands where."""
        all_at_once = guessed_s(("everybody",)) < dancers * guessed_s(("crop",))
        return CONFIRM_OFTEN_S if self._unhurried and all_at_once else CONFIRM_S

    def _evenly(
        self, needs: Sequence[Need], there: Sequence[int], at_s: float
    ) -> dict[int, Glance]:
        """Return the glance at each of the dancers where time does not press."""
        due = at_s - (self._confirmed_s or 0.0) >= CONFIRM_OFTEN_S
        return {k: self.glance(len(needs), contested=due or needs[k].contested) for k in there}

    def glance(self, dancers: int, *, contested: bool) -> Glance:
        """Return the looks that each of so many dancers gets where time does not press."""
        even = self._even(dancers)
        return ("crop", *even) if contested and self._wish == "auto" else even

    def _even(self, dancers: int) -> Glance:
        best, *others = self._glances
        able = [best, *(one for one in others if GLANCES[best] - GLANCES[one] <= MANY_LOSE)]
        most_s = MANY_TAKE * guessed_s(best) / dancers
        return next((one for one in able if guessed_s(one) <= most_s), able[-1])

    def _shared_out(self, there: Sequence[int], picture: Look | None) -> dict[int, Glance]:
        """Return the glance at each of the dancers, the worst seen first."""
        rungs = self._rungs()
        got = dict.fromkeys(there, rungs[0])
        spent_s = len(there) * self._costs_s(rungs[0])
        spent_s += 0.0 if picture is None else self.costs.of(picture)
        for below, rung in pairwise(rungs):
            step_s = self._costs_s(rung) - self._costs_s(below)
            gain = GLANCES.get(rung, 0.0) - GLANCES[below]
            most_s = self._time_s if gain >= WORTH_FRAMES else self._frame_s
            for k in there:
                if got[k] == below and spent_s + step_s <= most_s:
                    got[k] = rung
                    spent_s += step_s
        return got

    def _rungs(self) -> list[Glance]:
        """Return the ladder: the cheapest glance, and each that is exacter than all cheaper ones."""
        rungs: list[Glance] = []
        for glance in sorted(self._glances, key=self._costs_s):
            if not rungs or GLANCES[glance] > GLANCES[rungs[-1]]:
                rungs.append(glance)
        return [*rungs, ("crop", *rungs[-1])] if self._wish == "auto" else rungs

    def _better_all_at_once(self, dancers: int) -> bool:
        """Say whether a glance at each takes more time than there is and than one full picture."""
        if self._unhurried or self._wish not in ("auto", "openpose"):
            return False
        each_s = min(self._costs_s(glance) for glance in self._glances)
        return dancers * each_s > max(self._time_s, self.costs.of("everybody"))

    def _costs_s(self, glance: Glance) -> float:
        return sum(self.costs.of(look) for look in glance)
