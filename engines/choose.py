"""Which networks see, and which runtime executes them: the first of a table that works, and why."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.fallback import LastingPersonEye, LastingVision
from kpopdance.engines.formats import MOVENET, OPENPOSE, Format, remedy
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding
from kpopdance.engines.gpu.network import GpuNetwork
from kpopdance.engines.gpu.probe import NoDriver
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuVision
from kpopdance.engines.names import AUTO, NETWORKS
from kpopdance.engines.ports import Eyes, PoseNetwork
from kpopdance.engines.vision import PersonEye, PoseVision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpopdance.engines.ports import PersonVision, Vision

log = logging.getLogger(__name__)

# Read when ONNX Runtime is imported, by whomever; else it keeps a number for this computer on disk
# and tells Microsoft what it runs.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

BUNDLED = Path(__file__).with_name("openpose_thin.onnx")
BUNDLED_PERSON = Path(__file__).with_name("movenet_thunder.onnx")
Network = PoseNetwork | GpuNetwork[Any]
NOT_USED = "not used because"
ONNX_BEGINS = b"\x08"
"""The key of an ONNX file's first field, its version."""
MOST_NETWORK_BYTES: Final = 512_000_000  # BODY_25 has 105 MB, in single precision


class Wish(NamedTuple):
    """What a runtime is asked to open; it may ``tell`` in a sentence what takes seconds."""

    model: Path
    spoken: Format
    threads: int
    cache_dir: Path | None
    tell: Callable[[str], None] = lambda _: None


class Runtime(NamedTuple):
    """One way to execute the network.

    Attributes
    ----------
    label : str
        Its name in words.
    package : str
        What to install.
    merit : str
        Why it is taken before those below it.
    open_network : callable
        Opens the network; raises ImportError or NetworkError where it cannot.
    on_gpu : bool
        Whether it needs a GPU, which may fail, also later: then another takes over.
    """

    label: str
    package: str
    merit: str
    open_network: Callable[[Wish], Network]
    on_gpu: bool = False


def open_eyes(
    runtime: str = AUTO,
    *,
    network: str = AUTO,
    threads: int | None = None,
    model: Path | None = None,
    cache_dir: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Eyes:
    """Return the networks the game sees with.

    Parameters
    ----------
    runtime, threads, model, cache_dir, tell
        As in ``open_vision``; ``model`` replaces the bundled OpenPose.
    network : str
        ``openpose``: it alone; ``movenet``: MoveNet follows every dancer; ``auto``: by cost.

    Raises
    ------
    NetworkError
        As in ``open_vision``; in ``auto``, MoveNet may fail and is then done without.

    References
    ----------
    OpenPose: Z. Cao et al., TPAMI 2021. MoveNet (Thunder): R. Votel and N. Li, 2021. The
    bundled files' sources and licences stand in ``NOTICE``.

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
        runtime, threads=threads, model=model, cache_dir=cache_dir, tell=tell
    )
    if network == "openpose":
        return Eyes(everybody, None, network)
    wish = Wish(BUNDLED_PERSON, MOVENET, _threads(threads), cache_dir, tell)
    try:
        return Eyes(everybody, _person_eye(runtime, wish), network)
    except NetworkError as why:
        if network != AUTO:
            raise
        log.warning("MoveNet not used because %s", why)
        return Eyes(everybody, None, network, f"MoveNet not used because {why}")


def open_vision(
    runtime: str = AUTO,
    *,
    threads: int | None = None,
    model: Path | None = None,
    cache_dir: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Vision:
    """Return OpenPose with its eyes, in the best runtime that works or the one asked for.

    Parameters
    ----------
    runtime : str
        A key of ``RUNTIMES``, or ``auto`` for the first of them that works.
    threads : int, optional
        Threads of one inference; None leaves one core to the game.
    model : Path, optional
        An ONNX file with the bundled network's input and outputs; None takes the bundled one.
    cache_dir : Path, optional
        Where a runtime may keep what it compiled.
    tell : callable
        Told in a sentence of what takes seconds.

    Raises
    ------
    NetworkError
        Where the runtime is unknown or unusable (one on a GPU only where no other works instead),
        or the model is missing or damaged.
    """
    wish = Wish(model or BUNDLED, OPENPOSE, _threads(threads), cache_dir, tell)
    network, reason = _opened_by(runtime, wish)
    if not isinstance(network, GpuNetwork):
        return PoseVision(network, reason)
    return LastingVision(
        GpuVision(network, reason), lambda why: PoseVision(*_without_gpu(wish, why))
    )


def _person_eye(runtime: str, wish: Wish) -> PersonVision:
    network, reason = _opened_by(runtime, wish)
    if not isinstance(network, GpuNetwork):
        return PersonEye(network, reason)
    return LastingPersonEye(
        GpuPersonEye(network, reason), lambda why: PersonEye(*_without_gpu(wish, why))
    )


def _threads(asked: int | None) -> int:
    threads = max(1, (os.cpu_count() or 2) - 1) if asked is None else asked
    if threads < 1:
        raise NetworkError(f"a network needs at least 1 thread, got {threads}")
    return threads


def _opened_by(runtime: str, wish: Wish) -> tuple[Network, str]:
    """Return a network in the runtime asked for, and why it is this one."""
    if runtime != AUTO and runtime not in RUNTIMES:
        raise NetworkError(
            f"there is no runtime {runtime!r}; choose one of {', '.join([AUTO, *RUNTIMES])}"
        )
    _check_file(wish)
    if runtime == AUTO:
        return _first_that_works(wish, RUNTIMES)
    label = RUNTIMES[runtime].label
    try:
        return _opened(runtime, wish), f"{label} was asked for"
    except ModelError:
        raise
    except NetworkError as why:
        if not RUNTIMES[runtime].on_gpu:
            raise
        return _without_gpu(wish, f"{label} was asked for and is not used because {why}")


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


def _without_gpu(wish: Wish, why: str) -> tuple[PoseNetwork, str]:
    """Return the first network that works without a GPU, and why; ``why`` the GPU's failed."""
    rest = {key: runtime for key, runtime in RUNTIMES.items() if not runtime.on_gpu}
    network, reason = _first_that_works(wish, rest)
    assert not isinstance(network, GpuNetwork)
    return network, f"{why}; {reason}"


def _first_that_works(wish: Wish, runtimes: Mapping[str, Runtime]) -> tuple[Network, str]:
    refusals: list[str] = []
    spoilt: ModelError | None = None
    for key, runtime in runtimes.items():
        try:
            network = _opened(key, wish)
        except ModelError as why:
            spoilt = why  # another runtime may read the file; else this is what to tell
            continue
        except NoDriver as why:
            refusals.append(str(why).partition(";")[0])  # most have no such GPU: no advice
            continue
        except NetworkError as why:
            refusals.append(f"{runtime.label} {NOT_USED} {why}")
            continue
        told = [] if runtime.on_gpu else list(dict.fromkeys(refusals))  # one on a GPU is enough
        for refusal in told:
            log.log(logging.WARNING if NOT_USED in refusal else logging.INFO, "%s", refusal)
        reason = "; ".join([f"{runtime.label} {runtime.merit}", *told])
        log.info("%s: %s", network.runtime, reason)
        return network, reason
    if spoilt is not None:
        raise spoilt
    raise NetworkError(f"no runtime can open the network: {'; '.join(refusals)}")


def _opened(key: str, wish: Wish) -> Network:
    runtime = RUNTIMES[key]
    try:
        return runtime.open_network(wish)
    except ImportError as why:
        raise NetworkError(
            f"{runtime.label} cannot be imported ({why}); pip install {runtime.package}"
        ) from why


def _tensorrt(wish: Wish) -> Network:
    return _on_gpu(wish, "tensorrt")


def _rtx(wish: Wish) -> Network:
    return _on_gpu(wish, "rtx")


def _on_gpu(wish: Wish, flavour: str) -> Network:
    from kpopdance.engines.gpu.opening import open_network

    decode = PersonDecoding if wish.spoken is MOVENET else PeopleDecoding
    return open_network(wish.model, flavour, decode, cache_dir=wish.cache_dir, tell=wish.tell)


def _openvino(wish: Wish) -> PoseNetwork:
    from kpopdance.engines.openvino_runner import OpenVinoNetwork

    return OpenVinoNetwork(
        wish.model, wish.spoken, threads=wish.threads, cache_dir=wish.cache_dir
    )


def _onnxruntime(wish: Wish) -> PoseNetwork:
    from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork

    return OnnxRuntimeNetwork(wish.model, wish.spoken, threads=wish.threads)


RUNTIMES = {
    "tensorrt": Runtime(
        "TensorRT", "'kpopdance[tensorrt]'", "runs on this NVIDIA GPU", _tensorrt, on_gpu=True
    ),
    "rtx": Runtime(
        "TensorRT for RTX", "'kpopdance[rtx]'", "runs on this NVIDIA GPU", _rtx, on_gpu=True
    ),
    "openvino": Runtime(
        "OpenVINO", "openvino", "is installed and runs this network fastest on a CPU", _openvino
    ),
    "onnxruntime": Runtime(
        "ONNX Runtime", "onnxruntime", "is installed and runs on any CPU", _onnxruntime
    ),
}
"""In the order they are tried; a runtime is one entry and one runner file."""
