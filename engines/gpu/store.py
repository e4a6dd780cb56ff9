"""Engines on disk: built from a network, kept with their facts, found again when they still fit."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.files import appearing
from kpopdance.engines.gpu.build import build_plan
from kpopdance.engines.gpu.precision import with_precision
from kpopdance.engines.gpu.probe import probe_gpu
from kpopdance.engines.gpu.sidecar import (
    NOT_KNOWN,
    EngineStale,
    Here,
    Sidecar,
    digest,
    read_sidecar,
    refuse_stale,
    sidecar_of,
)
from kpopdance.engines.version import our_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.engines.gpu.build import Shape

ENDING: Final = ".engine"
VARIES: Final = "-varies"
SPOKEN: Final = {
    "openpose_thin": "openpose",
    "movenet_thunder": "movenet",
    "movenet_lightning": "movenet-lightning",
    "blazepose_full": "blazepose",
    "blazepose_heavy": "blazepose-heavy",
}
"""What the command calls the bundled networks."""
SYSTEM: Final = f"{platform.system()} {platform.machine()}"


@dataclass(frozen=True, slots=True)
class EngineWish:
    """Which engine is wanted.

    Attributes
    ----------
    onnx : Path
        The network.
    flavour, precision : str
        ``rtx`` or ``tensorrt``; one of ``precision.PRECISIONS``.
    shapes : three (batch, 3, height, width)
        Least, best and most that the input may have.
    targets : tuple of str
        Compute capabilities to build for.
    """

    onnx: Path
    flavour: str
    precision: str
    shapes: tuple[Shape, Shape, Shape]
    targets: tuple[str, ...]

    @property
    def stem(self) -> str:
        """What an engine's file name begins with: all but the targets."""
        batch, _, height, width = self.shapes[1]
        varies = "" if self.shapes[0] == self.shapes[2] else VARIES
        parts = (
            self.onnx.stem,
            f"{batch}x{height}x{width}{varies}",
            self.precision,
            self.flavour,
        )
        return "-".join(parts)

    @property
    def command(self) -> str:
        """The command that builds it."""
        (_, _, *least), (batch, _, *best), (_, _, *most) = self.shapes
        bundled = self.onnx.parent == Path(__file__).parents[1]
        words = [
            "kpopdance build-engine", SPOKEN[self.onnx.stem] if bundled else str(self.onnx),
            "--flavour", self.flavour, "--precision", self.precision,
            "--size", "x".join(map(str, best)),
        ]  # fmt: skip
        if self.flavour == "rtx":
            words += ["--targets", ",".join(self.targets)]
        if least != most:
            words += ["--min", "x".join(map(str, least)), "--max", "x".join(map(str, most))]
        if batch > 1:
            words += ["--batch", str(batch)]
        return " ".join(words)


def build(
    wish: EngineWish, progress: Callable[[str], None] = lambda _: None
) -> tuple[Sidecar, bytes]:
    """Return an engine's facts and bytes; ``progress`` is told what is being done.

    Raises
    ------
    NetworkError
        Where the network, the precision or a target is refused.
    """
    source = wish.onnx.read_bytes()
    progress(f"preparing the network for {wish.precision}")
    try:
        onnx = with_precision(source, wish.precision)
    except NetworkError as why:
        raise type(why)(f"{wish.onnx}: {why}") from None
    tf32 = wish.precision != "fp32"
    built = build_plan(
        onnx,
        wish.flavour,
        shapes=wish.shapes,
        targets=wish.targets,
        tf32=tf32,
        progress=progress,
    )
    try:
        gpu = probe_gpu()
        gpu_name, driver = gpu.name, gpu.driver
    except NetworkError:
        gpu_name = driver = NOT_KNOWN
    facts = Sidecar(
        network=wish.onnx.stem, precision=wish.precision, flavour=wish.flavour,
        version=built.version, onnx_sha256=digest(source), plan_sha256=digest(built.plan),
        shapes=wish.shapes, targets=built.targets,
        flags=("TF32",) * tf32 + ("REQUIRE_USER_ALLOCATION",) * (wish.flavour == "rtx"),
        system=SYSTEM, gpu=gpu_name, driver=driver, tool=our_version(),
    )  # fmt: skip
    return facts, built.plan


def keep(folder: Path, wish: EngineWish, facts: Sidecar, plan: bytes) -> Path:
    """Write engine and facts; facts tell the engine they are of, so that no mixture is ever loaded.

    Raises OSError where the folder cannot be written to; what was there before then stays.
    """
    path = folder / f"{wish.stem}-{'_'.join(facts.targets)}{ENDING}"
    folder.mkdir(parents=True, exist_ok=True)
    with appearing(path) as plan_part, appearing(sidecar_of(path)) as facts_part:
        plan_part.write_bytes(plan)
        facts_part.write_text(facts.json(), encoding="utf-8")
        compiled_of(path).unlink(missing_ok=True)
    return path


def compiled_of(path: Path) -> Path:
    """Return where the kernels that a GPU compiled for an engine are kept."""
    return path.with_name(path.name + ".compiled")


def find(folder: Path, wish: EngineWish, here: Here) -> tuple[Path, bytes]:
    """Return the engine that was kept for a wish and may be loaded here: its file, and its bytes.

    One of the very size comes first, then one whose input may vary.

    Raises
    ------
    EngineStale
        Where there is none, or none of those there fits; the text says why of the first, and the
        command that builds it.
    """
    refusals = []
    source = wish.onnx.read_bytes()
    fixed = sorted(folder.glob(f"{escape(wish.stem)}-*{ENDING}"))
    varying = f"{escape(wish.onnx.stem)}-*{VARIES}-{wish.precision}-{wish.flavour}-*{ENDING}"
    for path in [*fixed, *sorted(set(folder.glob(varying)) - set(fixed))]:
        try:
            facts = read_sidecar(path, wish.command)
            if path in fixed or _covers(facts, wish.shapes[1]):
                return path, refuse_stale(path, facts, here, source, wish.command)
        except EngineStale as why:
            refusals.append(why)
    if refusals:
        raise refusals[0]
    raise EngineStale(f"{folder}: no engine for this input yet; build it: {wish.command}")


def _covers(facts: Sidecar, shape: Shape) -> bool:
    """Say whether an engine whose input may vary takes this shape."""
    least, _, most = facts.shapes
    return all(low <= side <= high for low, side, high in zip(least, shape, most, strict=True))
