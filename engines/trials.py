"""Which runtime is fastest here, and right: all that open look at the same pictures, in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, TypeVar

import numpy as np
from msgspec import Meta

from kpopdance.engines.errors import NotHere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

T = TypeVar("T")
ANSWER_S: Final = 40.0  # TensorRT for RTX builds for some seconds before its first answer
AGREE_PX: Final = 1.0
CLEAR: Final = 0.5  # confidence of the reference's joints that are compared
ROUNDS: Final = 6
ENOUGH_S: Final = 0.5  # of looks for one network, in all runtimes together
SETTLED: Final = (
    1.1  # the second best look within this of the best: no other program had its turn
)
SLOWER: Final = 1.3  # than the fastest by so much, and settled: no more looks
FAR_SLOWER: Final = 2.0  # settled or not
COUNTED: Final = 0.05  # of the time of a look at least is its thread's
TIE: Final = 1.05  # within this of the fastest, the usual one is taken


class Trial(NamedTuple):
    """What a trial is made with.

    Attributes
    ----------
    pictures : callable
        Makes the uint8 (H, W, 3) BGR pictures, each of one person.
    seen : callable
        The joints float32 (18, 3) that eyes see in such a picture: x px, y px, confidence.
    now : callable
        Host seconds.
    busy : callable
        Seconds that the calling thread has had of a processor, or host seconds where the system does
        not count finely.
    between : callable
        Called before each look; what it raises ends the trial.
    """

    pictures: Callable[[], Sequence[NDArray[np.uint8]]]
    seen: Callable[[Any, NDArray[np.uint8]], NDArray[np.float32]]
    now: Callable[[], float]
    busy: Callable[[], float]
    between: Callable[[], None] = lambda: None


class Way(NamedTuple):
    """A runtime, a key of ``RUNTIMES``, with so many threads of the processor; 0 on a device."""

    runtime: str
    threads: int


Trying = Callable[[Way], AbstractContextManager[None]]
REFERENCE: Final = Way("onnxruntime", 1)


@dataclass(frozen=True, slots=True)
class Result:
    """What a trial found of one way.

    Attributes
    ----------
    runtime, threads
        The way.
    words : str
        Runtime, version, device and driver as the opened network tells them; empty if it did not.
    ms : float or None
        What a look takes at best.
    why : str
        Why it is not used, whatever it takes; empty if it may be.
    """

    runtime: str
    threads: Annotated[int, Meta(ge=0, le=4096)]
    words: str = ""
    ms: Annotated[float, Meta(gt=0, lt=1e6)] | None = None
    why: str = ""

    @property
    def way(self) -> Way:
        """Return the way."""
        return Way(self.runtime, self.threads)


@dataclass(slots=True, eq=False)
class _Entrant:
    way: Way
    eye: Any
    took_s: list[float] = field(default_factory=list)

    @property
    def best_s(self) -> float:
        return min(self.took_s)

    @property
    def settled(self) -> bool:
        return sorted(self.took_s)[1] <= SETTLED * self.best_s

    @property
    def bearable(self) -> float:
        """How much slower than the fastest it may be and still take part."""
        return SLOWER if self.settled else FAR_SLOWER


@dataclass(frozen=True, slots=True, eq=False)
class _Truth:
    """The pictures, and the joints in them as the reference sees them; none where it cannot."""

    pictures: Sequence[NDArray[np.uint8]]
    reference: _Entrant | None = None
    joints: Sequence[NDArray[np.float32]] = ()


def compared(
    ways: Sequence[Way], open_eye: Callable[[Way], Any], trial: Trial,
    trying: Trying = lambda _: nullcontext(),
) -> tuple[list[Result], dict[Way, Any]]:  # fmt: skip
    """Return what each way takes, in the order of ``ways``, and the eyes of those that may be used.

    Who opens, answers, and sees the reference's joints within ``AGREE_PX`` takes part. Devices that
    this computer does not have are left out. ``trying`` stands around all that a driver does.
    """
    truth = _truth(open_eye, trial)
    entrants: dict[Way, _Entrant] = {}
    refused: dict[Way, str] = {}
    silent: set[str] = set()  # who hangs once is not waited for again
    for way in (way for way in ways if way.runtime not in silent):
        trial.between()
        try:
            with trying(way):
                entrants[way] = _entrant(open_eye, way, truth, trial)
        except NotHere:
            continue
        except TimeoutError as why:
            silent.add(way.runtime)
            refused[way] = str(why)
        except Exception as why:  # noqa: BLE001 - whatever a driver raises
            refused[way] = str(why) or type(why).__name__
    refused |= _race(list(entrants.values()), truth.pictures, trial, trying)
    results = [
        _result(way, entrants.get(way), refused.get(way, ""))
        for way in ways if way in entrants or way in refused
    ]  # fmt: skip
    return results, {way: one.eye for way, one in entrants.items() if way not in refused}


def ranked(results: Sequence[Result]) -> list[Result]:
    """Return what may be used, the best first: of near ties the one that comes first in ``results``."""
    usable = sorted(
        (one for one in results if one.ms and not one.why), key=lambda one: one.ms or 0
    )
    if not usable:
        return []
    near = [one for one in usable if (one.ms or 0) <= TIE * (usable[0].ms or 0)]
    first = min(near, key=results.index)
    return [first, *(one for one in usable if one is not first)]


def _truth(open_eye: Callable[[Way], Any], trial: Trial) -> _Truth:
    """Return what is to be seen; without the reference, nothing is compared."""
    trial.between()
    pictures = trial.pictures()
    try:
        one = _Entrant(REFERENCE, _bounded(lambda: open_eye(REFERENCE), "opening"))
        return _Truth(pictures, one, [_look(one, picture, trial) for picture in pictures])
    except Exception:  # noqa: BLE001 - it is tried again among the others, and told there
        return _Truth(pictures)


def _entrant(open_eye: Callable[[Way], Any], way: Way, truth: _Truth, trial: Trial) -> _Entrant:
    """Return a way with its eyes; raises ValueError where they do not see what the reference sees."""
    if truth.reference is not None and way == REFERENCE:
        return truth.reference
    one = _Entrant(way, _bounded(lambda: open_eye(way), "opening"))
    for number, picture in enumerate(truth.pictures):
        seen = _look(one, picture, trial)
        if truth.joints and not (off := off_px(seen, truth.joints[number])) <= AGREE_PX:
            one.eye.close()
            raise ValueError(f"its joints lie {off:.1f} px off")
    return one


def off_px(seen: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Return how far the farthest of the reference's clear joints lies off; NaN where one is unseen."""
    clear = truth[:, 2] >= CLEAR
    away = np.linalg.norm(seen[clear, :2] - truth[clear, :2], axis=1)
    return float(away.max(initial=0.0))


def _race(
    entrants: Sequence[_Entrant], pictures: Sequence[NDArray[np.uint8]], trial: Trial,
    trying: Trying,
) -> dict[Way, str]:  # fmt: skip
    """Let all look in turn until the slow ones are told; return who failed meanwhile, and why."""
    failed: dict[Way, str] = {}
    running, began_s = list(entrants), trial.now()
    for number in range(ROUNDS):
        for each in running:
            trial.between()
            try:
                with trying(each.way):
                    _look(each, pictures[number % len(pictures)], trial)
            except Exception as why:  # noqa: BLE001 - whatever a driver raises
                failed[each.way] = str(why) or type(why).__name__
        running = [each for each in running if each.way not in failed]
        best_s = min((each.best_s for each in running), default=0.0)
        running = [each for each in running if each.best_s <= each.bearable * best_s]
        enough = trial.now() - began_s > ENOUGH_S and all(each.settled for each in running)
        if len(running) < 2 or enough:
            break
    return failed


def _look(one: _Entrant, picture: NDArray[np.uint8], trial: Trial) -> NDArray[np.float32]:
    """Return the joints that are seen, and remember what the look took.

    On one thread that is the thread's share of the processor, whatever other programs do meanwhile;
    where nearly none is counted, the runtime works on a thread of its own.
    """

    def timed() -> tuple[NDArray[np.float32], float, float]:
        began_s, had_s = trial.now(), trial.busy()
        seen = trial.seen(one.eye, picture)
        return seen, trial.now() - began_s, trial.busy() - had_s

    seen, took_s, busy_s = _bounded(timed, "looking")
    counted = one.way.threads == 1 and busy_s > COUNTED * took_s
    one.took_s.append(busy_s if counted else took_s)
    return seen


def _result(way: Way, one: _Entrant | None, why: str) -> Result:
    if one is None:
        return Result(*way, why=why)
    ms = None if why else round(one.best_s * 1000, 2)
    return Result(*way, str(one.eye.runtime), ms, why)


def _bounded(make: Callable[[], T], doing: str) -> T:
    """Return what is made, on a thread of its own that may hang; raises TimeoutError then."""
    coming: Future[T] = Future()

    def run() -> None:
        try:
            coming.set_result(make())
        except BaseException as why:  # noqa: BLE001 - raised again by ``result``
            coming.set_exception(why)

    threading.Thread(target=run, name="trial", daemon=True).start()
    try:
        return coming.result(ANSWER_S)
    except TimeoutError:
        raise TimeoutError(f"it did not answer within {ANSWER_S:g} s of {doing}") from None
