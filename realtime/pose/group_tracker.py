"""The players before one camera: which body is whose, through crossings, exits, returns, passers-by.

Each player is remembered by what they look like, each body followed by place, motion and clothes
(``bodies.py``). Whose body it is is asked anew where that is open: after two came near each other,
when somebody came in, and when a body's looks of late are clearly another player's. All open ones are
decided at once, the likest pairs together; who was a body's player before stays it unless others fit
clearly better. Until it is decided, the poses since the doubt began may be another's: ``unsettled_s``
says since when, and an ``Exchange`` whose they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.pose.appearance import Remembered, unlike
from kpopdance.realtime.pose.bodies import HIDDEN_S, LEARN_EVERY_S, Bodies, Body
from kpopdance.realtime.pose.player_tracker import ALIKE, CLEARLY, LIKE, OTHERWISE
from kpopdance.realtime.pose.raised_hand import RaisedHands
from kpopdance.realtime.pose.tracker import MIN_ACQUIRED, Tracker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

MOST_PLAYERS: Final = 6
JOIN_S: Final = 0.8  # who is seen for so long may take a free place
CLEAR_S: Final = 0.3  # after a crossing, before looks are believed
PARTNER_S: Final = 1.0  # so long the other one of a crossing is waited for
DOUBT_S: Final = 2.5  # longer nobody waits: who a body was taken for, it is
CHECK_S: Final = 0.5  # between two looks at whether settled ones look like each other
SURELY_OTHER: Final = 2 * CLEARLY  # two who look so much more like each other are exchanged
ALONE_S: Final = 6.0  # nobody else comes in for so long: a little less like themselves will do

Join = Literal["nobody", "seen", "hand"]
"""Who may take a free place: nobody, whoever is seen for a while, or whoever raises a hand."""


class Exchange(NamedTuple):
    """Players' poses were given to others: now known whose they were.

    ``since_s`` is the host second from which on; ``was`` player -> the one who was given theirs, None:
    nobody was.
    """

    since_s: float
    was: dict[int, int | None]


class _Player:
    """One player: what they look like, and their body while it is seen."""

    def __init__(self, looks: Remembered | None = None) -> None:
        self.memory = Remembered() if looks is None else looks
        self.body: Body | None = None
        self.seen_s = -np.inf

    def costs(self, looks: Remembered | None) -> float:
        """Return how unlike them somebody looks; as one may be where nothing tells."""
        if looks is None or looks.appearance is None:
            return LIKE
        told = self.memory.unlike(looks.appearance)
        return told if np.isfinite(told) else LIKE


class GroupTracker:
    """Says where each player is; see the top of the file.

    Parameters
    ----------
    places : int
        For how many players there is room.
    known : sequence of Remembered
        What the first players look like; they are told wherever they come in.
    join : str
        Who takes the places that are left.
    """

    def __init__(
        self, places: int, known: Sequence[Remembered] = (), join: Join = "seen"
    ) -> None:
        self._players = [_Player(looks) for looks in known]
        self.places, self._join = places, join
        self._bodies = Bodies()
        self._hands = RaisedHands()
        self._now_s = self._checked_s = -np.inf
        self.exchanges: list[Exchange] = []
        """What the newest look has found out."""

    @property
    def looks(self) -> tuple[Remembered, ...]:
        """What each player looks like."""
        return tuple(player.memory for player in self._players)

    @property
    def trackers(self) -> list[Tracker]:
        """Where to look for each place's player: who is missing may be one whom nobody is yet."""
        free = [body for body in self._bodies.known if self._owner(body) is None]
        free.sort(key=lambda body: body.since_s)
        held: list[Body | None] = [player.body for player in self._players]
        held += [None] * (self.places - len(held))
        out: list[Tracker] = []
        for body in held:
            out.append(free.pop(0) if free and self._is_sought(body) else body or Tracker())
        return out

    def unsettled_s(self, k: int) -> float | None:
        """Return the host second since when a player's poses may be another's; None: they are theirs."""
        body = self._body(k)
        return None if body is None else body.doubt_s

    def gone_s(self, k: int, at_s: float) -> float:
        """Return for how long a player has not been seen."""
        return at_s - self._players[k].seen_s if k < len(self._players) else np.inf

    def steadied(self, k: int, pose: Pose, at_s: float) -> Pose:
        """Return a player's pose without jumps and jitter."""
        body = self._body(k)
        return pose if body is None else body.steady.step(pose, at_s)

    def leave(self, k: int) -> None:
        """Forget a player; those behind move up."""
        del self._players[k]

    def look_anew(self) -> None:
        """Ask of everybody anew who they are, by what they look like."""
        for player in self._players:
            player.body = None

    def forget(self) -> None:
        """Forget where everybody is, not what they look like."""
        self.look_anew()
        self._bodies = Bodies()

    def hold(self, poses: Sequence[Pose], image: NDArray[np.uint8], at_s: float) -> None:
        """Make these people the players, in their order."""
        self.forget()
        self._players = []
        for pose in poses:
            self._take_place(Body(pose, image, at_s))
        self._bodies.known = [player.body for player in self._players if player.body]

    def step(
        self, people: list[Pose], image: NDArray[np.uint8], at_s: float,
        sought: Iterable[Tracker] | None = None,
    ) -> list[Pose | None]:  # fmt: skip
        """Return each place's pose among the people found in a uint8 (H, W, 3) picture.

        ``sought`` are the trackers that were looked for; None: all of the picture was looked at.
        """
        self.exchanges = []
        self._now_s = at_s
        owned = [player.body for player in self._players if player.body is not None]
        self._bodies.step(people, image, at_s, sought, owned)
        self._lose()
        self._learn(image, at_s)
        self._doubt_who_looks_otherwise(at_s)
        self._identify(at_s)
        self._let_in(people, at_s)
        for player in self._players:
            if player.body is not None and player.body.pose is not None:
                player.seen_s = at_s
        poses = [None if player.body is None else player.body.pose for player in self._players]
        return poses + [None] * (self.places - len(poses))

    def _body(self, k: int) -> Body | None:
        return self._players[k].body if k < len(self._players) else None

    def _owner(self, body: Body) -> int | None:
        """Return whose body it is taken for."""
        return next((k for k, one in enumerate(self._players) if one.body is body), None)

    def _lose(self) -> None:
        for player in self._players:
            if player.body not in self._bodies.known:
                player.body = None

    def _learn(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Take in what everybody looks like who is not beside others."""
        for body in self._bodies.known:
            looks = body.learn(image, at_s) if self._bodies.alone(body, at_s) else None
            owner = self._owner(body)
            if looks is not None and owner is not None and body.doubt_s is None:
                self._players[owner].memory.learn(looks, LEARN_EVERY_S)

    def _doubt_who_looks_otherwise(self, at_s: float) -> None:
        """Take note where two settled players look clearly more like each other than themselves."""
        if at_s - self._checked_s < CHECK_S:
            return
        self._checked_s = at_s
        settled = [
            player for player in self._players
            if player.body and player.body.doubt_s is None and player.body.looks
        ]  # fmt: skip
        for n, one in enumerate(settled):
            for other in settled[n + 1 :]:
                assert one.body is not None
                assert other.body is not None
                straight = one.costs(one.body.looks) + other.costs(other.body.looks)
                crossed = one.costs(other.body.looks) + other.costs(one.body.looks)
                if straight - crossed > SURELY_OTHER:
                    one.body.suspect(at_s)
                    other.body.suspect(at_s)

    def _identify(self, at_s: float) -> None:
        """Decide who those are of whom that is open and can be told."""
        doubted = [body for body in self._bodies.known if body.doubt_s is not None]
        ready = [body for body in doubted if self._told(body, at_s)]
        if any(self._waits(player.body, at_s) for player in self._players):
            ready = []
        fresh = [
            body for body in self._bodies.known
            if body.doubt_s is None and self._owner(body) is None and body.looks is not None
        ]  # fmt: skip
        asked = [
            k for k, player in enumerate(self._players)
            if player.memory.looks
            and (player.body is None or player.body in ready or self._missed(player.body, at_s))
        ]  # fmt: skip
        if asked and (ready or fresh):
            self._give(asked, [*ready, *fresh], at_s)
        for body in ready:
            body.settle()

    def _told(self, body: Body, at_s: float) -> bool:
        """Say whether it can be told by looks now who a doubted body is, or must be without."""
        assert body.doubt_s is not None
        seen = at_s - body.clear_s >= CLEAR_S and body.looks is not None
        return seen or at_s - max(body.clear_s, body.doubt_s) > DOUBT_S

    def _waits(self, body: Body | None, at_s: float) -> bool:
        """Say whether a doubted player's body may soon be told, so that the others of it wait."""
        if body is None or body.doubt_s is None:
            return False
        soon = body.gone_s(at_s) <= PARTNER_S and at_s - body.doubt_s <= 2 * DOUBT_S
        return soon and not self._told(body, at_s)

    def _missed(self, body: Body, at_s: float) -> bool:
        """Say whether a doubted body was lost at a crossing, so that another may be its player's."""
        return body.doubt_s is not None and body.gone_s(at_s) > HIDDEN_S

    def _is_sought(self, body: Body | None) -> bool:
        """Say whether a player may be in a body that nobody is yet: missed, not merely not looked at."""
        if body is None:
            return True
        return self._missed(body, self._now_s) and body.region(self._now_s) is None

    def _give(self, asked: list[int], bodies: list[Body], at_s: float) -> None:
        """Give bodies to players, so that they look most alike in all; nobody fits: to nobody."""
        before = {k: self._players[k].body for k in asked}
        others = sum(1 for body in bodies if body.doubt_s is None)
        costs = np.full((len(asked), len(bodies) + len(asked)), OTHERWISE)
        for row, k in enumerate(asked):
            player = self._players[k]
            for column, body in enumerate(bodies):
                alone = others == 1 and at_s - body.since_s >= ALONE_S
                most = OTHERWISE if body.doubt_s is not None else LIKE if alone else ALIKE
                cost = player.costs(body.looks) - CLEARLY * (player.body is body)
                costs[row, column] = cost if cost <= most else OTHERWISE + cost
        rows, columns = linear_sum_assignment(costs)
        for row, column in zip(rows, columns, strict=True):
            k = asked[int(row)]
            given = bodies[int(column)] if column < len(bodies) else None
            fits = given is not None and costs[row, column] <= OTHERWISE
            kept = before[k] if before[k] not in bodies else None
            self._players[k].body = given if fits else kept
        self._tell(before, bodies)

    def _tell(self, before: dict[int, Body | None], bodies: list[Body]) -> None:
        """Take note whose poses were given to whom since the doubt began."""
        had = {id(body): k for k, body in before.items() if body is not None}
        changed = {
            k: had.get(id(self._players[k].body))
            for k, body in before.items()
            if self._players[k].body is not body and body is not None
        }
        changed |= {
            k: had[id(body)]
            for k, was in before.items()
            if was is None and (body := self._players[k].body) and id(body) in had
        }
        since = [body.turn_s for body in bodies if body.doubt_s is not None]
        if changed and since:
            self.exchanges.append(Exchange(min(since), changed))

    def _let_in(self, people: list[Pose], at_s: float) -> None:
        """Let whoever may take the places that are left, from the left to the right of a mirror."""
        hand = self._hands.step(people, at_s) if self._join == "hand" else None
        if self._join == "nobody" or len(self._players) >= self.places:
            return
        newcomers = [
            body for body in self._bodies.known
            if body.pose is not None and self._owner(body) is None and body.doubt_s is None
            and (body.pose is people[hand] if hand is not None else self._may_join(body, at_s))
        ]  # fmt: skip
        newcomers.sort(key=lambda body: -float(body.place(at_s)[0]))
        for body in newcomers[: self.places - len(self._players)]:
            self._take_place(body)

    def _may_join(self, body: Body, at_s: float) -> bool:
        """Say whether somebody who raises no hand may join: whole, there for a while, nobody known."""
        assert body.pose is not None
        looks = body.looks
        return (
            self._join == "seen"
            and at_s - body.since_s >= JOIN_S
            and int(body.pose.seen.sum()) >= MIN_ACQUIRED
            and looks is not None
            and looks.appearance is not None
            and all(
                player.body is not None
                or player.memory.appearance is None
                or unlike(player.memory.appearance, looks.appearance) > LIKE
                for player in self._players
            )
        )

    def _take_place(self, body: Body) -> None:
        player = _Player()
        player.body = body
        if body.looks is not None and body.looks.appearance is not None:
            player.memory.learn(body.looks.appearance, 0.0)
        self._players.append(player)
