"""What an engine was built from and for: the facts beside it that decide whether it is loaded."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from kpopdance.engines.errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.engines.gpu.probe import Gpu

FORMAT: Final = 3
NOT_KNOWN: Final = "none"
MOST_BYTES: Final = 64 * 1024  # of the facts; they have about one


class EngineStale(NetworkError):
    """An engine may not be loaded; the text says why and how it is built again."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The facts beside an engine.

    Attributes
    ----------
    network, precision : str
        ``openpose_thin`` and the like; one of ``precision.PRECISIONS``.
    flavour, version : str
        ``rtx`` or ``tensorrt``, and its full version: an engine runs on that one only.
    onnx_sha256, plan_sha256 : str
        Of the network's ONNX file, and of the engine.
    shapes : tuple of three (batch, 3, height, width)
        Least, best and most.
    targets : tuple of str
        Compute capabilities ("8.6") it runs on.
    flags : tuple of str
        What the builder was allowed, ``TF32``, or told: ``REQUIRE_USER_ALLOCATION``.
    system, gpu, driver, tool : str
        Where it was built; the version of this tool.
    """

    network: str
    precision: str
    flavour: str
    version: str
    onnx_sha256: str
    plan_sha256: str
    shapes: tuple[tuple[int, ...], ...]
    targets: tuple[str, ...]
    flags: tuple[str, ...]
    system: str
    gpu: str = NOT_KNOWN
    driver: str = NOT_KNOWN
    tool: str = ""
    format: Literal[3] = FORMAT

    def json(self) -> str:
        """Return the facts as a file holds them."""
        return json.dumps(asdict(self), indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Here:
    """Where an engine is to run: the installed library's version, the system, the GPU."""

    version: str
    system: str
    gpu: Gpu


def sidecar_of(plan: Path) -> Path:
    """Return where the facts of an engine lie."""
    return plan.with_name(plan.name + ".json")


def digest(data: bytes | memoryview) -> str:
    """Return the sha256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_sidecar(plan: Path, rebuild: str) -> Sidecar:
    """Return the facts beside an engine; ``rebuild`` is the command that builds it again.

    Raises
    ------
    EngineStale
        Where there are none, or they are damaged.
    """
    path = sidecar_of(plan)
    try:
        with path.open("rb") as file:
            told = msgspec.json.decode(file.read(MOST_BYTES), type=dict[str, object])
        if told.keys() != {field.name for field in fields(Sidecar)}:
            raise ValueError("other facts than this version writes")
        return msgspec.convert(told, Sidecar)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError) as why:
        raise EngineStale(
            f"{path}: the facts of this engine cannot be read ({why}); build it again: {rebuild}"
        ) from None


def refuse_stale(plan: Path, facts: Sidecar, here: Here, onnx: bytes, rebuild: str) -> bytes:
    """Return an engine's bytes; EngineStale where it is not for this network, library, system and GPU.

    ``onnx`` is the network's file as it is now, ``rebuild`` the command that builds it again.
    """
    try:
        engine = plan.read_bytes()
    except OSError as why:
        raise EngineStale(
            f"{plan}: cannot be read ({why.strerror}); build it again: {rebuild}"
        ) from None
    reasons = {
        f"was built for {facts.system}, this is {here.system}": facts.system != here.system,
        f"was built by {facts.flavour} {facts.version}, {here.version} is installed":
            facts.version != here.version,
        f"is for compute capability {', '.join(facts.targets)}, this GPU ({here.gpu.name}) has "
        f"{here.gpu.capability}": here.gpu.capability not in facts.targets,
        f"was built on {facts.gpu}, this is {here.gpu.name}":
            facts.flavour == "tensorrt" and facts.gpu != here.gpu.name,
        "was built from another network": facts.onnx_sha256 != digest(onnx),
        "has changed since it was built": facts.plan_sha256 != digest(engine),
    }  # fmt: skip
    for reason, holds in reasons.items():
        if holds:
            raise EngineStale(f"{plan}: {reason}; build it again: {rebuild}")
    return engine
