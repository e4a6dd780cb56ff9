"""Which networks see, and which runtime executes them: the fastest that is right, and why.

With a ``Trial``, and a folder to keep what it finds, all runtimes are timed once on this computer and
the fastest is taken from then on (``engines/trials.py``); else the first of the table that works.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpopdance.engines.errors import ModelError, NetworkError, NotHere
from kpopdance.engines.fallback import LastingPersonEye, LastingUprightEye, LastingVision
from kpopdance.engines.formats import BLAZEPOSE, CLOSE_NETWORKS, OPENPOSE, PERSON_PX, remedy
from kpopdance.engines.gpu.network import GpuNetwork
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuUprightEye, GpuVision
from kpopdance.engines.kept_trials import (
    Kept,
    circumstances,
    ended,
    forget_ends,
    keep,
    keep_failure,
    read,
    trying,
)
from kpopdance.engines.names import AUTO, LIGHTNING, NETWORKS
from kpopdance.engines.ports import Eyes
from kpopdance.engines.runtimes import RUNTIMES, Network, Wish
from kpopdance.engines.tongues import _
from kpopdance.engines.trials import REFERENCE, Result, Trial, Way, compared, ranked
from kpopdance.engines.vision import PersonEye, PoseVision, UprightEye

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from kpopdance.engines.formats import Format
    from kpopdance.engines.ports import CloseVision, Vision

log = logging.getLogger(__name__)

# Read when ONNX Runtime is imported, by whomever; else it keeps a number for this computer on disk
# and tells Microsoft what it runs.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

BUNDLED = Path(__file__).with_name("openpose_thin.onnx")
BUNDLED_PERSON = CLOSE_NETWORKS["movenet_thunder"].file
CLOSE_WISHES: Final = {
    "auto": (
        "movenet_lightning",
        "movenet_thunder_int8",
        "blazepose_full",
        "blazepose_heavy",
    ),
    "movenet": ("movenet_thunder",),
    "blazepose": ("movenet_lightning", "blazepose_full"),
    LIGHTNING: ("movenet_lightning",),
}
"""Which networks look at single dancers, for a player's wish."""
CLOSE_ON_GPU: Final = ("movenet_thunder", "blazepose_heavy")
"""And for ``auto`` where an NVIDIA GPU sees: the most exact, of which eight bits are not, there."""
ON_NVIDIA: Final = "TensorRT"
"""So begins what a network on one says it runs on."""
NOT_USED = "not used because"
FATAL: Final = "the game ended while it was tried"
MOST_ENDS_DEVICE: Final = 0
MOST_ENDS: Final = 1  # of the processor's ways: more likely somebody ended the game
ONNX_BEGINS = b"\x08"
"""The key of an ONNX file's first field, its version."""
MOST_NETWORK_BYTES: Final = 512_000_000  # BODY_25 has 105 MB, in single precision


class Kind(NamedTuple):
    """The eyes of one kind of network: on the processor, on an NVIDIA GPU, and those that last."""

    eye: Callable[[Any, str], Any]
    gpu_eye: Callable[[Any, str], Any]
    lasting: Callable[[Any, Callable[[str], Any]], Any]


VISION: Final = Kind(PoseVision, GpuVision, LastingVision)
PERSON: Final = Kind(PersonEye, GpuPersonEye, LastingPersonEye)
UPRIGHT: Final = Kind(UprightEye, GpuUprightEye, LastingUprightEye)


def open_eyes(  # noqa: PLR0913 - all but one by their names
    runtime: str | Trial = AUTO,
    *,
    network: str = AUTO,
    threads: int | None = None,
    at_once: int = 1,
    model: Path | None = None,
    cache_dir: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Eyes:
    """Return the networks the game sees with.

    Parameters
    ----------
    runtime, threads, at_once, model, cache_dir, tell
        As in ``open_vision``; ``model`` replaces the bundled OpenPose.
    network : str
        ``openpose``: it alone; ``movenet``, ``blazepose``, ``lightning``: that follows every dancer;
        ``auto``: by cost.

    Raises
    ------
    NetworkError
        As in ``open_vision``; in ``auto``, networks for single dancers may fail and are then done
        without.

    References
    ----------
    OpenPose: Z. Cao et al., TPAMI 2021. MoveNet: R. Votel and N. Li, 2021. BlazePose: V. Bazarevsky
    et al., arXiv:2006.10204. The bundled files' sources and licences stand in ``NOTICE``.

    Examples
    --------
    >>> import kpopdance
    >>> eyes = kpopdance.open_eyes("onnxruntime", network="openpose")
    >>> eyes.name, eyes.runtime.split()[0]
    ('openpose-thin', 'ONNX')
    """
    if network not in NETWORKS:
        raise NetworkError(
            f"there is no network {network!r}; choose one of {', '.join(NETWORKS)}"
        )
    everybody = open_vision(
        runtime, threads=threads, at_once=at_once, model=model, cache_dir=cache_dir, tell=tell
    )
    if network == "openpose":
        return Eyes(everybody, {}, network, at_once=at_once)
    names = CLOSE_WISHES[network]
    if network == AUTO and everybody.runtime.startswith(ON_NVIDIA):
        names = CLOSE_ON_GPU
    close: dict[str, CloseVision] = {}
    troubles = []
    for name in names:
        file, spoken, words = CLOSE_NETWORKS[name]
        wish = Wish(file, spoken, _threads(threads), cache_dir, tell, at_once)
        try:
            close[name] = _eye(_kind_of(spoken), runtime, wish, threads)
        except NetworkError as why:
            if network != AUTO:
                raise
            troubles.append(f"{words} not used because {why}")
            log.warning("%s", troubles[-1])
    return Eyes(everybody, close, network, "; ".join(troubles), at_once)


def open_vision(
    runtime: str | Trial = AUTO,
    *,
    threads: int | None = None,
    at_once: int = 1,
    model: Path | None = None,
    cache_dir: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Vision:
    """Return OpenPose with its eyes, in the best runtime that works or the one asked for.

    Parameters
    ----------
    runtime : str or Trial
        A key of ``RUNTIMES``; ``auto``: the first of them that works; a trial: the fastest here, where
        there is a ``cache_dir`` to keep what it finds.
    threads : int, optional
        Threads of one inference; None leaves one core to the game, more where a trial finds that as
        fast.
    at_once : int
        How many threads look at the same time; each look has ``threads`` then.
    model : Path, optional
        An ONNX file with the bundled network's input and outputs; None takes the bundled one.
    cache_dir : Path, optional
        Where a runtime may keep what it compiled, and a trial what it found.
    tell : callable
        Told in a sentence of what takes seconds.

    Raises
    ------
    NetworkError
        Where the runtime is unknown or unusable (a device only where no other works instead),
        or the model is missing or damaged.
    """
    wish = Wish(model or BUNDLED, OPENPOSE, _threads(threads), cache_dir, tell, at_once)
    vision: Vision = _eye(VISION, runtime, wish, threads)
    return vision


def _kind_of(spoken: Format) -> Kind:
    if spoken is BLAZEPOSE:
        return UPRIGHT
    side = spoken.side or PERSON_PX
    return PERSON._replace(
        eye=partial(PersonEye, side=side), gpu_eye=partial(GpuPersonEye, side=side)
    )


def cores() -> int:
    """Return how many cores this computer has."""
    return os.cpu_count() or 2


def _threads(asked: int | None) -> int:
    threads = max(1, cores() - 1) if asked is None else asked
    if threads < 1:
        raise NetworkError(f"a network needs at least 1 thread, got {threads}")
    return threads


def _eye(kind: Kind, runtime: str | Trial, wish: Wish, threads: int | None) -> Any:  # noqa: ANN401
    """Return the eyes of a kind in the runtime asked for or the best one, and why it is this one."""
    if isinstance(runtime, str) and runtime != AUTO and runtime not in RUNTIMES:
        raise NetworkError(
            f"there is no runtime {runtime!r}; choose one of {', '.join([AUTO, *RUNTIMES])}"
        )
    _check_file(wish)
    choice = _Choice(kind, wish)
    if isinstance(runtime, Trial):
        if wish.cache_dir is not None:
            return _Tried(choice, wish.cache_dir, runtime, fixed=threads is not None).eye()
        runtime = AUTO
    return choice.usual() if runtime == AUTO else choice.asked(runtime)


def _check_file(wish: Wish) -> None:
    """Refuse what is no network of ONNX before a runtime sees it."""
    if not wish.model.is_file():
        what = "is a folder" if wish.model.is_dir() else "there is no such network file"
        raise ModelError(f"{wish.model}: {what}; {remedy(wish.model, wish.spoken)}")
    if wish.model.stat().st_size > MOST_NETWORK_BYTES:
        raise ModelError(
            f"{wish.model}: has more than {MOST_NETWORK_BYTES // 1_000_000} MB, as no network of "
            f"OpenPose has; {remedy(wish.model, wish.spoken)}"
        )
    with wish.model.open("rb") as file:
        if file.read(1) != ONNX_BEGINS:
            raise ModelError(
                f"{wish.model}: is no ONNX file; {remedy(wish.model, wish.spoken)}"
            )


class _Choice:
    """Opens one network's eyes in one runtime or another."""

    def __init__(self, kind: Kind, wish: Wish) -> None:
        self._kind, self.wish = kind, wish
        self._used: set[str] = set()
        self.failed: Callable[[Way, str], None] = lambda way, why: None
        self.usable = [
            Way(key, wish.threads) for key, runtime in RUNTIMES.items() if not runtime.untried
        ]

    def usual(self) -> Any:  # noqa: ANN401 - the eyes of that kind
        """Return the eyes in the first runtime of the table that works."""
        return self.first_of(self.usable)

    def asked(self, runtime: str) -> Any:  # noqa: ANN401 - the eyes of that kind
        """Return the eyes in this runtime; of a device that cannot be used, elsewhere."""
        label, way = RUNTIMES[runtime].label, Way(runtime, self.wish.threads)
        try:
            return self.lasting(way, self.open(way, f"{label} was asked for"), [])
        except ModelError:
            raise
        except NetworkError as why:
            if not RUNTIMES[runtime].device:
                raise
            told = f"{label} was asked for and is not used because {why}"
            return self.first_of(self._left(way, self.usable), told)

    def first_of(self, ways: Sequence[Way], why: str = "") -> Any:  # noqa: ANN401
        """Return the eyes in the first way that works; ``why`` another one did not."""
        refusals: list[str] = []
        spoilt: ModelError | None = None
        for number, way in enumerate(ways):
            runtime = RUNTIMES[way.runtime]
            try:
                network = self._network(way)
            except ModelError as refusal:
                spoilt = refusal  # another runtime may read the file; else this is what to tell
                continue
            except NotHere as refusal:
                refusals.append(str(refusal).partition(";")[0])  # most have none: no advice
                continue
            except NetworkError as refusal:
                refusals.append(f"{runtime.label} {NOT_USED} {refusal}")
                continue
            told = (
                [] if runtime.device else list(dict.fromkeys(refusals))
            )  # one device is enough
            for each in told:
                log.log(logging.WARNING if NOT_USED in each else logging.INFO, "%s", each)
            reason = "; ".join(
                [*filter(None, [why]), f"{runtime.label} {runtime.merit}", *told]
            )
            log.info("%s: %s", network.runtime, reason)
            return self.lasting(way, self._seeing(network, reason), ways[number + 1 :])
        if spoilt is not None:
            raise spoilt
        raise NetworkError(f"no runtime can open the network: {'; '.join(refusals)}")

    def open(self, way: Way, reason: str = "") -> Any:  # noqa: ANN401 - the eyes of that kind
        """Return the eyes in one way."""
        return self._seeing(self._network(way), reason)

    def lasting(self, way: Way, eye: Any, rest: Sequence[Way]) -> Any:  # noqa: ANN401
        """Return eyes that go on in what is left, once what they run on fails."""

        def go_on(why: str) -> Any:  # noqa: ANN401 - the eyes of that kind
            self.failed(way, why)
            return self.first_of(left, why)

        left = self._left(way, [*rest, *self.usable])
        return self._kind.lasting(eye, go_on) if left else eye

    def _left(self, failed: Way, ways: Sequence[Way]) -> list[Way]:
        """Return what is left of the ways if one fails: none that was used before, nor a device."""
        self._used.add(failed.runtime)
        return [
            way for way in dict.fromkeys(ways)
            if way.runtime not in self._used and not RUNTIMES[way.runtime].device
        ]  # fmt: skip

    def _seeing(self, network: Network, reason: str) -> Any:  # noqa: ANN401
        if isinstance(network, GpuNetwork):
            return self._kind.gpu_eye(network, reason)
        return self._kind.eye(network, reason)

    def _network(self, way: Way) -> Network:
        runtime = RUNTIMES[way.runtime]
        try:
            return runtime.open_network(
                self.wish._replace(threads=way.threads or self.wish.threads)
            )
        except ImportError as why:
            raise NetworkError(
                f"{runtime.label} cannot be imported ({why}); pip install {runtime.package}"
            ) from why


class _Tried:
    """Chooses by what each way takes on this computer: found once, kept until something changes."""

    def __init__(self, choice: _Choice, folder: Path, trial: Trial, *, fixed: bool) -> None:
        wish = choice.wish
        self._choice, self._folder, self._trial = choice, folder, trial
        self._ways = ways_of(wish.threads, fixed=fixed)
        self._there = circumstances(wish.model)
        most = "" if fixed or wish.threads == 1 else "up to "
        self._network = f"{wish.model.name}, {most}{wish.threads} threads"
        choice.failed = lambda way, why: keep_failure(folder, self._network, way, why)

    def eye(self) -> Any:  # noqa: ANN401 - the eyes of that kind
        """Return the eyes in the best way; in the first that works where nothing can be compared."""
        kept = read(self._folder, self._network, self._there, self._ways)
        eye = self._best(kept, {})
        return eye or self._best(*self._compare()) or self._choice.usual()

    def _compare(self) -> tuple[Sequence[Result], dict[Way, Any]]:
        network = self._choice.wish.model.stem.replace("_", " ")
        self._choice.wish.tell(
            _(
                "Finding out what runs {network} fastest here, only this once ...",
                network=network,
            )
        )
        fatal = [way for way in self._ways if self._ends_the_game(way)]
        ways = [way for way in self._ways if way not in fatal]
        results, eyes = compared(ways, self._choice.open, self._trial, self._trying)
        results += [Result(*way, why=FATAL) for way in fatal]
        keep(self._folder, self._network, Kept(self._there, tuple(results)))
        forget_ends(self._folder, self._network)
        return results, eyes

    def _trying(self, way: Way) -> AbstractContextManager[None]:
        return trying(self._folder, self._network, way)

    def _ends_the_game(self, way: Way) -> bool:
        """Say whether trying this has ended the game before; once may be a player's own doing."""
        most = MOST_ENDS_DEVICE if RUNTIMES[way.runtime].device else MOST_ENDS
        return way != REFERENCE and ended(self._folder, self._network, way) > most

    def _best(self, results: Sequence[Result], eyes: dict[Way, Any]) -> Any:  # noqa: ANN401
        """Return the eyes in the best of these ways; None where it is not what it was, or none works."""
        best = ranked(results)
        if not best:
            return None
        reason = f"{self._choice.wish.model.stem.replace('_', '-')}: {reason_of(best, results)}"
        first = best[0]
        try:
            eye = eyes.pop(first.way, None) or self._choice.open(first.way)
        except NetworkError as why:
            log.warning("%s: %s; the runtimes are tried again", first.words, why)
            return None
        for other in eyes.values():
            other.close()
        if eye.runtime != first.words:  # another driver, another device
            eye.close()
            return None
        eye.reason = reason
        log.info("%s: %s", eye.runtime, reason)
        return self._choice.lasting(first.way, eye, [one.way for one in best[1:]])


def reason_of(best: Sequence[Result], results: Sequence[Result]) -> str:
    """Return why the first of the best is taken, and which devices may not be."""
    others = {one.runtime: one for one in reversed(best[1:]) if one.runtime != best[0].runtime}
    behind = [f"{RUNTIMES[key].label} {one.ms:.0f}" for key, one in others.items()]
    spoilt = [
        f"{RUNTIMES[one.runtime].label} {NOT_USED} {one.why}"
        for one in results
        if one.why and RUNTIMES[one.runtime].device
    ]
    first = f"{RUNTIMES[best[0].runtime].label} {best[0].ms:.0f} ms"
    return "; ".join([", ".join([first, *behind]), *spoilt])


def ways_of(most_threads: int, *, fixed: bool) -> list[Way]:
    """Return all there is to try: a device once, on the processor 1, 2, 4 ... threads up to the most."""
    doubled = [2**n for n in range(most_threads.bit_length()) if 2**n < most_threads]
    counts = [most_threads] if fixed else [*doubled, most_threads]
    return [
        Way(key, threads)
        for key, runtime in RUNTIMES.items()
        for threads in ([0] if runtime.device else counts)
    ]
