"""The plots and contact sheets of ``bench_pose``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from kpopdance.engines.anatomy import LIMBS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tools.bench.pose.pose_truth import Person

TILE = 200
COLUMNS = 8
MOST = 40
ARMS = ((2, 3), (3, 4), (5, 6), (6, 7))


def joints(told: dict[str, Any], out: Path) -> None:
    """Write bars: joints in place by system and joint, with 95 % intervals."""
    plt = _pyplot()
    systems = {name: rows["all"] for name, rows in told.items()}
    names = [name for name in next(iter(systems.values())) if name != "swapped wrist"]
    figure, axes = plt.subplots(figsize=(13, 5))
    width = 0.8 / len(systems)
    for k, (system, rows) in enumerate(systems.items()):
        value = [rows[name][0] for name in names]
        low = [rows[name][0] - rows[name][1] for name in names]
        high = [rows[name][2] - rows[name][0] for name in names]
        at = [i + k * width for i in range(len(names))]
        axes.bar(at, value, width, yerr=(low, high), capsize=2, label=system)
    axes.set_xticks([i + 0.4 - width / 2 for i in range(len(names))], names)
    axes.set_ylabel("% within 0.1 of the body's size")
    axes.set_ylim(0, 125)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(fontsize=8, ncols=4, loc="upper center")
    axes.set_title("Joints in place: COCO full body and athletics, crops")
    _save(figure, out)


def reliability(told: dict[str, Any], out: Path) -> None:
    """Write the reliability diagram: share right against confidence."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(6, 6))
    axes.plot((0, 1), (0, 1), color="0.7", linestyle="--")
    for name, bins in told.items():
        axes.plot([b[0] for b in bins], [b[1] for b in bins], marker="o", label=name)
    axes.set_xlabel("confidence (curve fitted to the other half of the people)")
    axes.set_ylabel("share within 0.1 of the body's size")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend(loc="upper left")
    _save(figure, out)


def cost(told: dict[str, Any], out: Path) -> None:
    """Write time per frame against the number of people."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(7, 5))
    for name, row in told.items():
        style = "--" if name.startswith("bare") else "-"
        axes.plot([int(n) for n in row], list(row.values()), style, marker="o", label=name)
    axes.axhline(1000 / 30, color="0.7", linewidth=1)
    axes.text(6, 1000 / 30 + 1, "30 frames a second", ha="right", color="0.5")
    axes.set_xlabel("people followed")
    axes.set_ylabel("ms of processor per frame, median")
    axes.set_ylim(0, 1.3 * max(max(row.values()) for row in told.values()))
    axes.legend(loc="upper left", ncols=2)
    axes.set_title("Bottom-up costs the same for all, top-down per dancer")
    _save(figure, out)


def sheet(shown: list[tuple[Person, NDArray[np.float64]]], out: Path) -> None:
    """Write crops of people, each with the labelled arms (green) and a pose (red: right side)."""
    tiles = []
    for person, pose in shown[:MOST]:
        left, top, right, _ = person.region()
        scale = TILE / (right - left)
        place = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        image = cv2.imread(str(person.picture))
        if image is None:
            continue
        tile = cv2.warpAffine(image, place, (TILE, TILE)).astype(np.uint8)
        for a, b in LIMBS[:13]:
            _line(
                tile,
                pose,
                (a, b),
                place,
                (60, 60, 255) if a in (2, 3, 8, 9) else (255, 180, 60),
            )
        for arm in ARMS:
            _line(tile, person.joints, arm, place, (60, 230, 60))
        tiles.append(tile)
    while len(tiles) % COLUMNS:
        tiles.append(np.zeros((TILE, TILE, 3), np.uint8))
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    if rows:
        cv2.imwrite(str(out), np.vstack(rows))


def _line(
    tile: NDArray[np.uint8],
    joints: NDArray[np.float64],
    ends: tuple[int, int],
    place: NDArray[np.float64],
    colour: tuple[int, int, int],
) -> None:
    at = joints[list(ends), :2] @ place[:, :2].T + place[:, 2]
    if np.isfinite(at).all():
        start, end = ((round(float(x)), round(float(y))) for x, y in at)
        cv2.line(tile, start, end, colour, 2, cv2.LINE_AA)


def _pyplot() -> Any:  # noqa: ANN401 - a module; matplotlib is imported only where asked for
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def _save(figure: Any, out: Path) -> None:  # noqa: ANN401 - matplotlib's Figure
    figure.tight_layout()
    figure.savefig(out, dpi=110)
