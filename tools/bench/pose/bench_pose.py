"""How far the poses can be trusted, and what they cost: bottom-up beside top-down.

``python -m tools.bench.pose.bench_pose [--shared FOLDER] [--only PART ...] [--out FOLDER] [--json]
[--fit]``

Parts: ``crops`` (joints in place on COCO and LSPET, confidence against truth), ``coco`` (AP and AR on
whole pictures), ``original`` (agreement with the original OpenPose), ``clips`` (jitter, lag, swaps on
real dances), ``neighbours`` (whether one is taken for the dancer), ``cost`` (time per frame for 1, 2,
4 and 6 people). ``--fit`` prints the confidence curves of ``realtime/pose/confidence.py`` anew.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.bench.pose import pose_parts
from tools.bench.pose.pose_neighbours import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS: Final[dict[str, Callable[[pose_parts.Bench], dict[str, Any]]]] = {
    "crops": pose_parts.crops,
    "coco": pose_parts.coco,
    "original": pose_parts.original,
    "clips": pose_parts.clips,
    "neighbours": lambda bench: neighbours(bench.data / "video", bench.eyes),
    "cost": pose_parts.cost,
}
FOLDERS: Final = {
    "crops": ("coco", "lspet"), "coco": ("coco",), "original": ("openpose_json",),
    "clips": ("video",), "neighbours": ("video",), "cost": (),
}  # fmt: skip
COCO_TOOLS: Final = "pycocotools"
PLOTS: Final = "matplotlib"


def main() -> int:
    """Measure and print; return 0, or 2 where something is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shared", type=Path, default=os.environ.get("KPOPDANCE_SHARED", "../shared"),
        help="folder with data/coco, data/lspet, data/openpose_json and data/video",
    )  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--out", type=Path, help="folder for plots and result.json")
    parser.add_argument("--json", action="store_true", help="print the results as JSON too")
    parser.add_argument("--fit", action="store_true", help="print the confidence curves anew")
    parser.add_argument("--threads", type=int, help="of a network; default: cores less one")
    chosen = parser.parse_args()
    data = Path(chosen.shared) / "data"
    parts = ["crops"] if chosen.fit else chosen.only
    missing = _missing(data, parts, plots=chosen.out is not None)
    if missing:
        print(missing, file=sys.stderr)
        return 2
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
    bench = pose_parts.Bench(data, chosen.out, chosen.threads)
    if chosen.fit:
        pose_parts.fit(bench)
        return 0
    results = {part: PARTS[part](bench) for part in chosen.only}
    if chosen.out:
        (chosen.out / "result.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    if chosen.json:
        print(json.dumps(results, indent=1))
    return 0


def _missing(data: Path, parts: list[str], *, plots: bool) -> str:
    """Return what the parts need and do not find, in a sentence; empty if nothing."""
    packages = [*([COCO_TOOLS] if "coco" in parts else []), *([PLOTS] if plots else [])]
    for package in packages:
        if importlib.util.find_spec(package) is None:
            return f"{package} is missing: pip install kpopdance[bench]"
    for folder in sorted({folder for part in parts for folder in FOLDERS[part]}):
        if not (data / folder).is_dir():
            return f"{data / folder}: no such measuring material; name its folder with --shared"
    return ""


if __name__ == "__main__":
    sys.exit(main())
