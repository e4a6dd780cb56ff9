"""Measures hands-free choosing: what is chosen by mistake in an hour, and how surely what is meant.

Run ``python -m tools.bench.pose.bench_hands [--minutes 60] [--shared FOLDER]``. Looks at dances and
everyday acts before a menu that is nothing but choices, then at hands that are raised to choose.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.pose.one_person import COCO_17
from kpopdance.realtime.pose.pointing import REACH, Pointing, RaisedHand, Rest
from tools.bench.pose.drawn_hands import ACTS, Chooser, Player, acted, danced, steadied
from tools.bench.scoring.generated_dances import FPS, STYLES, choreography, generated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

CELLS: Final = (4, 3)
WITHIN_S: Final = 3.0
TRIES: Final = 200
MOST_S: Final = 10.0
ACTED: Final = 1 / 3  # of the time; the rest is danced
PX: Final = 480.0
CHOOSERS: Final = {
    "stands": Player(),
    "sits": Player(seated=True),
    "small, far away": Player(torso_px=28.0, noise=0.035),
    "badly seen": Player(noise=0.04, lost=0.08, wild=0.04),
}  # fmt: skip


class Menu:
    """A window full of choices: cells side by side, none empty."""

    def __init__(self) -> None:
        self.hand, self._rest = RaisedHand(), Rest()
        self.pointed, self.looks, self.took_s = 0, 0, 0.0

    def chosen(self, pose: Pose | None, at_s: float) -> bool:
        """Return whether something is chosen in a look."""
        before_s = process_time()
        pointing = self.hand.step(pose, at_s)
        on = None if pointing is None else cell_at(pointing.x, pointing.y)
        chosen = self._rest.step(on, pointing)
        self.took_s += process_time() - before_s
        self.looks += 1
        self.pointed += pointing is not None
        return chosen


def cell_at(x: float, y: float) -> tuple[int, int]:
    """Return which of the cells lies there."""
    return (
        min(max(int(x * CELLS[0]), 0), CELLS[0] - 1),
        min(max(int(y * CELLS[1]), 0), CELLS[1] - 1),
    )


def false_choices(kinds: dict[str, list[Iterator[tuple[float, Pose | None]]]]) -> int:
    """Print what is chosen by people who mean nothing by it; return how much."""
    whole, spent_s, looks, took_s = 0, 0.0, 0, 0.0
    for kind, streams in kinds.items():
        menu, chosen, length_s = Menu(), 0, 0.0
        for stream in streams:
            last_s = 0.0
            menu.hand.reset()
            for at_s, pose in steadied(stream):
                chosen += menu.chosen(pose, at_s)
                last_s = at_s
            length_s += last_s
        share = menu.pointed / max(menu.looks, 1)
        print(f"  {kind:32s} {length_s / 60:5.1f} min  ring {share:6.2%}  chosen {chosen}")
        whole, spent_s = whole + chosen, spent_s + length_s
        looks, took_s = looks + menu.looks, took_s + menu.took_s
    print(
        f"chosen by mistake: {whole} in {spent_s / 60:.0f} minutes; "
        f"{1e3 * took_s / max(looks, 1):.3f} ms of processor time a look"
    )
    return whole


def true_choices(tries: int, seed: int = 7) -> dict[str, float]:
    """Print how many choices that are meant are made in time; return the shares."""
    out = {}
    for kind, player in CHOOSERS.items():
        rng = np.random.default_rng(seed)
        took_s = [one_choice(player, right=k % 2 == 0, rng=rng) for k in range(tries)]
        made = np.array(took_s)
        out[kind] = float(np.mean(made <= WITHIN_S))
        p50, p95 = np.percentile(np.minimum(made, MOST_S), [50, 95])
        print(
            f"  {kind:32s} within {WITHIN_S:.0f} s {out[kind]:6.1%}  p50 {p50:.2f} s  p95 {p95:.2f} s"
        )
    return out


def one_choice(player: Player, *, right: bool, rng: np.random.Generator) -> float:
    """Return the seconds from a hand that is up to the choice that was meant; infinite: another.

    It is not where a hand that is raised points at first: whoever means that has to go away and back.
    """
    cell = (2 if right else 1, 0)
    while cell == (2 if right else 1, 0):
        cell = (int(rng.integers(CELLS[0])), int(rng.integers(CELLS[1])))
    target = ((cell[0] + 0.5) / CELLS[0], (cell[1] + 0.5) / CELLS[1])
    player = replace(player, forward=rng.uniform(0.0, 0.4))
    hand, rest = RaisedHand(), Rest()
    chooser = Chooser(player, right, target)
    for at_s, place in chooser.looks(hand, REACH, rng):
        pointing = None if place is None else Pointing(*place, at_s)
        on = None if place is None else cell_at(*place)
        if rest.step(on, pointing):
            return at_s - chooser.raise_s if on == cell else np.inf
        if at_s > MOST_S:
            break
    return np.inf


def evening(
    minutes: float, shared: Path, seed: int = 3
) -> dict[str, list[Iterator[tuple[float, Pose | None]]]]:
    """Return the looks of so many minutes before a menu, by kinds."""
    rng = np.random.default_rng(seed)
    kinds: dict[str, list[Iterator[tuple[float, Pose | None]]]] = {}
    each_s = 60 * minutes * ACTED / len(ACTS)
    for name, act in ACTS.items():
        kinds[name] = [acted(act, Player(), rng, each_s)]
    rest_s = 60 * minutes * (1 - ACTED)
    real = list(_real(shared))
    for name, rows, fps in real:
        times = max(1, round(rest_s / 2 / len(real) * fps / len(rows)))
        kinds[name] = [danced(rows, fps, Player(), rng) for _ in range(times)]
    per_style_s = rest_s / 2 / len(STYLES)
    for number, (name, style) in enumerate(STYLES.items()):
        rows = choreography(generated(style, seed + number, length_s=per_style_s)).joints.copy()
        rows[..., :2] *= PX
        kinds[f"generated, {name}"] = [danced(rows, FPS, Player(), rng)]
    return kinds


def _real(shared: Path) -> Iterator[tuple[str, NDArray[np.float32], float]]:
    """Return dances that people danced, and the bundled one: names, joints px, rows a second."""
    for number, member in enumerate(load_pack(find_pack("neon-steps", (BUNDLED,))).members):
        rows = member.joints.copy()
        rows[..., :2] *= PX
        yield f"neon-steps, member {number + 1}", rows, member.fps
    for path in sorted((shared / "data" / "aist").glob("*.npy")):
        yield path.name[:28], from_coco(np.load(path)), 30.0


def from_coco(told: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (T, 18, 3) joints of COCO's 17, (T, 17, 2) px."""
    rows = np.ones((len(told), 18, 3), np.float32)
    others = [joint for joint in range(18) if joint != 1]
    rows[:, others, :2] = told[:, list(COCO_17)]
    rows[:, 1, :2] = (rows[:, 2, :2] + rows[:, 5, :2]) / 2
    return rows


def main(given: Iterable[str] | None = None) -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60.0)
    arguments.add_argument("--tries", type=int, default=TRIES)
    arguments.add_argument(
        "--shared", type=Path, default=os.environ.get("KPOPDANCE_SHARED", "../shared")
    )
    asked = arguments.parse_args(None if given is None else list(given))
    print("Nobody means to choose, all of the window is a choice:")
    false_choices(evening(asked.minutes, asked.shared))
    print("A hand is raised to choose one of twelve:")
    true_choices(asked.tries)


if __name__ == "__main__":
    main()
