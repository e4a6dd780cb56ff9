"""kpopdance build-engine: an engine for an NVIDIA GPU from one of the networks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_cache_path
from tqdm import tqdm

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import DanceError, ModelError
from kpopdance.engines.files import check_folder, refusing
from kpopdance.engines.formats import CLOSE_NETWORKS
from kpopdance.engines.gpu.build import RTX_TARGETS
from kpopdance.engines.gpu.store import SPOKEN, EngineWish, build, keep
from kpopdance.engines.gpu.tensorrt_library import choose_flavour
from kpopdance.engines.names import USUAL_TARGETS
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.pose.watcher import CROP_PX, FULL_AREA_PX, SMALL_SHARE, full_size

if TYPE_CHECKING:
    import argparse

    from kpopdance.engines.gpu.build import Shape

CAMERAS: Final = ((720, 1280), (480, 640))
PICTURE_AREAS_PX: Final = (FULL_AREA_PX, round(SMALL_SHARE * FULL_AREA_PX))
BUNDLED_NETWORKS: Final = {
    "openpose": (
        BUNDLED,
        ((CROP_PX, CROP_PX), *(full_size(c, px) for c in CAMERAS for px in PICTURE_AREAS_PX)),
    ),
    **{
        SPOKEN[name]: (network.file, ((side, side),))
        for name, network in CLOSE_NETWORKS.items()
        if name in SPOKEN and (side := network.spoken.side)
    },
}
"""Name -> ONNX file and the inputs (height, width) that the game asks of it with usual cameras."""
STEP: Final = 8  # inputs are multiples of it
LARGEST: Final = 2048
MOST_PEOPLE: Final = 32


def run(args: argparse.Namespace) -> int:
    """Build, write, and say where."""
    onnx_file, usual = _network(args.network)
    asked = args.size or args.min or args.max
    wished = [_shapes(args, size) for size in (usual[:1] if asked else usual)]
    targets = _targets(args)
    check_folder(args.out or engine_folder(), needs_bytes=onnx_file.stat().st_size)
    flavour, reason = choose_flavour(args.flavour)
    say(f"flavour: {flavour} ({reason})")
    told = []
    for shapes in wished:
        wish = EngineWish(onnx_file, flavour, args.precision, shapes, targets)
        told.append(_built(wish, args))
    if args.json:
        print_json(told[0] if len(told) == 1 else {"engines": told})
    return 0


def _built(wish: EngineWish, args: argparse.Namespace) -> dict[str, Any]:
    """Build one engine, write it, say where; return the facts that ``--json`` prints."""
    with tqdm(desc="reading", leave=False, bar_format="{desc} {elapsed}") as bar:
        facts, plan = build(wish, bar.set_description)
        took_s = float(bar.format_dict["elapsed"])
    folder = args.out or engine_folder()
    with refusing(folder):
        path = keep(folder, wish, facts, plan)
    if not args.json:
        size = len(plan) / 1e6
        print_result(f"wrote {path}: {size:.1f} MB in {took_s:.1f} s, facts beside it")
    return {"engine": str(path), "bytes": len(plan), "sha256": facts.plan_sha256,
            "flavour": wish.flavour, "version": facts.version, "targets": facts.targets}  # fmt: skip


def engine_folder() -> Path:
    """Return the usual folder of engines."""
    return user_cache_path("kpopdance", appauthor=False) / "engines"


def _network(text: str) -> tuple[Path, tuple[tuple[int, int], ...]]:
    if text in BUNDLED_NETWORKS:
        return BUNDLED_NETWORKS[text]
    file = Path(text)
    if not file.is_file():
        known = ", ".join(BUNDLED_NETWORKS)
        raise ModelError(f"{text}: there is no such file; name one of {known} or an ONNX file")
    return file, BUNDLED_NETWORKS["openpose"][1]


def _shapes(args: argparse.Namespace, usual: tuple[int, int]) -> tuple[Shape, Shape, Shape]:
    if not 1 <= args.batch <= MOST_PEOPLE:
        raise DanceError(f"--batch {args.batch}: choose 1 to {MOST_PEOPLE}")
    best = _size("--size", args.size) or usual
    least, most = _size("--min", args.min) or best, _size("--max", args.max) or best
    for low, high in zip((*least, *best), (*best, *most), strict=True):
        if low > high:
            raise DanceError(
                f"--min {_words(least)}, --size {_words(best)} and --max {_words(most)} are not "
                "in order; correct them"
            )
    return (1, 3, *least), (args.batch, 3, *best), (args.batch, 3, *most)


def _words(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _size(option: str, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    height, width = (int(part) for part in found.groups()) if found else (0, 0)
    if any(side % STEP or not STEP <= side <= LARGEST for side in (height, width)):
        raise DanceError(
            f"{option} {text}: give height x width, multiples of {STEP} up to {LARGEST}, "
            "e.g. 368x432"
        )
    return height, width


def _targets(args: argparse.Namespace) -> tuple[str, ...]:
    if args.portable and args.targets:
        raise DanceError("--portable builds for all; leave out --targets")
    if args.portable:
        return RTX_TARGETS
    if args.targets is None:
        return USUAL_TARGETS
    targets = tuple(dict.fromkeys(part.strip() for part in args.targets.split(",")))
    if not all(re.fullmatch(r"\d{1,2}\.\d", target) for target in targets):
        raise DanceError(f"--targets {args.targets}: give compute capabilities, e.g. 8.6,8.9")
    return targets
