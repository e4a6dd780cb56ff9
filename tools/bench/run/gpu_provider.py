"""Looks by NVIDIA's own provider for ONNX Runtime, cut out and decoded by the computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import BLAZEPOSE, CLOSE_NETWORKS, OPENPOSE
from kpopdance.engines.onnxruntime_runner import NVIDIA, OnnxRuntimeNetwork
from kpopdance.engines.vision import PersonEye, PoseVision, UprightEye
from kpopdance.realtime.pose.watcher import look_everywhere, seen_closely
from tools.bench.run.gpu_times import look_times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.engines.ports import CloseVision
    from tools.bench.run.gpu_close import Dancer


def provider_figures(
    names: Sequence[str], shown: list[Dancer], runs: int, provider: str = NVIDIA
) -> dict[str, Any]:
    """Return what a look takes with OpenPose at the whole picture and with each of these, or why not."""
    told: dict[str, Any] = {}
    for name in ("openpose", *names):
        try:
            told[name] = look_times(_look(name, shown, provider), runs, name)
        except NetworkError as why:
            told[name] = str(why)
    return told


def _look(name: str, shown: list[Dancer], provider: str) -> Callable[[int], object]:
    if name == "openpose":
        network = OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1, provider=provider)
        vision = PoseVision(network, "")
        return lambda k: look_everywhere(vision, shown[k % len(shown)].image)
    file, spoken, _ = CLOSE_NETWORKS[name]
    network = OnnxRuntimeNetwork(file, spoken, threads=1, provider=provider)
    eye: CloseVision = (
        UprightEye(network, "")
        if spoken is BLAZEPOSE
        else PersonEye(network, "", spoken.side or 0)
    )
    return lambda k: seen_closely(eye, *shown[k % len(shown)])
