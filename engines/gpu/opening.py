"""A network opened on an NVIDIA GPU: driver, layer, kernels, and an engine for each input size."""

from __future__ import annotations

import atexit
import logging
from typing import TYPE_CHECKING, Final

from kpopdance.engines.gpu.devices import open_device
from kpopdance.engines.gpu.kernels import KERNELS, read_kernels
from kpopdance.engines.gpu.network import D, GpuNetwork
from kpopdance.engines.gpu.probe import probe_gpu
from kpopdance.engines.gpu.sidecar import EngineStale, Here
from kpopdance.engines.gpu.store import SYSTEM, EngineWish, build, compiled_of, find, keep
from kpopdance.engines.gpu.tensorrt_engine import TensorRtEngine
from kpopdance.engines.gpu.tensorrt_library import installed
from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.engines.gpu.network import Size
    from kpopdance.engines.gpu.sized_network import SizedNetwork

log = logging.getLogger(__name__)

LABELS: Final = {"tensorrt": "TensorRT", "rtx": "TensorRT for RTX"}
PRECISION: Final = "fp16"
FOLDER: Final = "engines"


def open_network(
    onnx: Path, flavour: str, decode: Callable[[SizedNetwork], D], *,
    cache_dir: Path | None, tell: Callable[[str], None],
) -> GpuNetwork[D]:  # fmt: skip
    """Return a network on the first GPU, in half precision.

    Parameters
    ----------
    onnx : Path
        The network.
    flavour : str
        ``rtx`` or ``tensorrt``.
    decode : callable
        What is drawn out of its outputs.
    cache_dir : Path, optional
        Where engines are kept; None keeps none.
    tell : callable
        Told in a sentence of what takes seconds.

    Raises
    ------
    NetworkError
        Where there is no driver, no library, or no layer to speak to the GPU through.
    """
    gpu = probe_gpu()
    library = installed(flavour)
    image = read_kernels()
    device = open_device()
    try:
        device.load_kernels(image, KERNELS)
    except Exception:
        device.close()
        raise
    here = Here(str(library.__version__), SYSTEM, gpu)
    folder = None if cache_dir is None else cache_dir / FOLDER
    runtime = f"{LABELS[flavour]} {here.version} {PRECISION}, {gpu.name}, {device.label}"

    def open_engine(size: Size) -> TensorRtEngine:
        height, width = size
        shape = (1, 3, height, width)
        wish = EngineWish(onnx, flavour, PRECISION, (shape, shape, shape), (gpu.capability,))
        plan, kept = engine_for(wish, here, folder, tell)
        return TensorRtEngine(plan, flavour, device, size, kept)

    name = onnx.stem.replace("_", "-")
    network = GpuNetwork(name, runtime, device, open_engine=open_engine, decode=decode)
    atexit.register(network.close)  # before the library's own objects are taken apart
    return network


def engine_for(
    wish: EngineWish, here: Here, folder: Path | None, tell: Callable[[str], None]
) -> tuple[bytes, Path | None]:
    """Return an engine, the kept one or a new one, and where its compiled kernels may be kept.

    TensorRT for RTX builds in seconds, so it builds anew what is missing or stale; TensorRT takes
    minutes, which is the player's to decide.

    Raises
    ------
    EngineStale
        Where TensorRT has no engine that fits; the text says why and the command that builds it.
    NetworkError
        Where it cannot be built.
    """
    if folder is not None:
        try:
            path, plan = find(folder, wish, here)
        except EngineStale as why:
            if wish.flavour != "rtx":
                raise
            log.info("%s", why)
        else:
            return plan, compiled_of(path)
    elif wish.flavour != "rtx":
        raise EngineStale(f"there is no folder to keep engines in; {wish.command} --out FOLDER")
    height, width = wish.shapes[1][2:]
    tell(
        _(
            "Building {network} for {gpu}, {height}x{width} px: some seconds, once",
            network=wish.onnx.stem,
            gpu=here.gpu.name,
            height=height,
            width=width,
        )
    )
    facts, plan = build(wish)
    if folder is None:
        return plan, None
    try:
        return plan, compiled_of(keep(folder, wish, facts, plan))
    except OSError as why:
        log.warning("%s: the engine cannot be kept (%s)", folder, why.strerror)
        return plan, None
