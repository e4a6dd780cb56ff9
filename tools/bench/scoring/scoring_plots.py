"""The pictures of ``bench_scoring``: what lateness, size, error and noise cost, and who is who."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import STRICTNESS, Terms
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.generated_dances import STYLES, choreography, generated
from tools.bench.scoring.real_pairs import FALSE_MOST, TRUE_LEAST
from tools.bench.scoring.scoring_battery import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tools.bench.scoring.real_pairs import Pair

FIRST_SEED: Final = 100
LENGTH_S: Final = 16.0
"""Of the songs drawn: shorter than those measured, since each is scored 150 times."""
STYLE_SEED: Final = 7
SHIFTS_S: Final = np.linspace(-2, 2, 41)
COLOURS: Final = {"kids": "#009e73", "normal": "#0072b2", "pro": "#d55e00"}
DANCES: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colours, told apart by colour-blind people too."""
GREY: Final = "#666666"
MARK: Final[dict[str, Any]] = {
    "color": "black", "linewidth": 1.6, "marker": "_", "markersize": 7, "markeredgewidth": 1.6,
}  # fmt: skip
DPI: Final = 120
PUBLISHED_LATE: Final[dict[float, tuple[float, float]]] = {
    33: (98, 100), 67: (92, 100), 100: (70, 80), 150: (35, 50), 200: (0, 20),
}  # fmt: skip
PUBLISHED_SIZE: Final[dict[float, tuple[float, float]]] = {0.6: (50, 70)}
"""Least and most score by ms late and by size: as published, whatever the battery asks by now."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One way to dance worse: how much of it, and the score of a song danced so.

    ``targets`` value -> least and most score published for pro.
    """

    title: str
    unit: str
    at: NDArray[np.float64]
    score: Callable[[Subject, float], float]
    targets: dict[float, tuple[float, float]]


def _late(song: Subject, ms: float) -> float:
    return song.score(song.seen(song.joints), late_s=ms / 1000)


def _sized(song: Subject, size: float) -> float:
    return song.score(song.seen(spoil.smaller(song.joints, size)))


def _styled(song: Subject, deg: float) -> float:
    return song.score(song.seen(spoil.styled(song.joints, STYLE_SEED, deg)))


def _noisy(song: Subject, px: float) -> float:
    return song.score(song.seen(song.joints, px))


PANELS: Final = (
    Panel(
        "Early and late", "lateness, ms (negative: early)", np.linspace(-300, 300, 21), _late,
        PUBLISHED_LATE,
    ),
    Panel(
        "Smaller and larger than the coach", "size of the movements, % of the coach's",
        np.array([0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4, 1.6]), _sized,
        PUBLISHED_SIZE,
    ),
    Panel(
        "Another style", "slow errors of the bones' angles, degrees", np.linspace(0, 60, 9),
        _styled, {},
    ),
    Panel("A worse camera", "key-point noise, px of 480", np.linspace(0, 10, 6), _noisy, {}),
)  # fmt: skip


def pyplot() -> Any:  # noqa: ANN401 - a module; matplotlib is imported only where asked for
    """Return matplotlib's pyplot for pictures in files.

    Raises
    ------
    DanceError
        Where matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ModuleNotFoundError as why:
        raise DanceError("plots need matplotlib: pip install -e .[bench]") from why
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def drawn_songs(count: int) -> Iterator[Subject]:
    """Yield generated songs, each of another style."""
    for k in range(count):
        name = list(STYLES)[k % len(STYLES)]
        figure = generated(STYLES[name], FIRST_SEED + k, length_s=LENGTH_S)
        yield Subject(f"{name} {k + 1}", choreography(figure), STYLES[name].bpm)


def curves(
    songs: Sequence[Subject], panels: Sequence[Panel] = PANELS
) -> dict[str, list[NDArray[np.float64]]]:
    """Return strictness -> for each panel the scores float64 (songs, values)."""
    told: dict[str, list[NDArray[np.float64]]] = {}
    for strictness in STRICTNESS:
        judged = [replace(song, terms=Terms(strictness=strictness)) for song in songs]
        told[strictness] = [
            np.array([[panel.score(song, float(at)) for at in panel.at] for song in judged])
            for panel in panels
        ]
    return told


def scoring(
    told: dict[str, list[NDArray[np.float64]]], out: Path, panels: Sequence[Panel] = PANELS
) -> None:
    """Write what ``curves`` returned as a picture: a panel each, a curve per strictness."""
    plt = pyplot()
    figure, grid = plt.subplots(2, 2, figsize=(12, 8.5), sharey=True, layout="constrained")
    songs = len(next(iter(told.values()))[0])
    for number, (axes, panel) in enumerate(zip(grid.flat, panels, strict=False)):
        for name, scores in told.items():
            each = scores[number]
            axes.fill_between(
                panel.at, each.min(axis=0), each.max(axis=0), color=COLOURS[name], alpha=0.13,
                linewidth=0,
            )  # fmt: skip
            axes.plot(panel.at, each.mean(axis=0), color=COLOURS[name], linewidth=2, label=name)
        for at, (least, most) in panel.targets.items():
            axes.plot((at, at), (least, most), **MARK)
        _plain(axes, panel.title, panel.unit)
        axes.set_xlim(panel.at[0], panel.at[-1])
    grid[0, 1].xaxis.set_major_formatter(lambda size, _: f"{100 * size:.0f}")
    grid[0, 0].plot((), (), **MARK, label="published target for pro")
    grid[0, 0].legend(loc="lower center", frameon=False)
    figure.suptitle(
        f"What lateness, size, style and noise leave of the score: mean of {songs} generated songs, "
        "band from least to most",
        fontsize=14,
    )
    figure.savefig(out, dpi=DPI)
    plt.close(figure)


def shifted(
    pairs: Sequence[Pair], shifts_s: NDArray[np.float64] = SHIFTS_S
) -> NDArray[np.float64]:
    """Return the scores float64 (pairs, shifts) of players shifted, their lag judged."""
    return np.array(
        [[pair.score(late_s=float(s), forgive=False) for s in shifts_s] for pair in pairs]
    )


def real(
    true: Sequence[Pair],
    false: Sequence[Pair],
    out: Path,
    shifts_s: NDArray[np.float64] = SHIFTS_S,
    *,
    strictness: str = "normal",
) -> None:
    """Write true pairs' scores against a shift in time, beside the scores of all pairs."""
    plt = pyplot()
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(13, 5.6), sharey=True, layout="constrained"
    )
    names = list(dict.fromkeys(pair.dance for pair in true))
    colour = {name: DANCES[k % len(DANCES)] for k, name in enumerate(names)}
    for pair, scores in zip(true, shifted(true, shifts_s), strict=True):
        left.plot(shifts_s, scores, color=colour[pair.dance], alpha=0.8, linewidth=1.6)
    for name in names:
        framing = next(pair.framing for pair in true if pair.dance == name)
        left.plot((), (), color=colour[name], label=f"{name} ({framing})")
    if names:
        left.legend(loc="upper right", frameon=False)
    left.set_xlim(shifts_s[0], shifts_s[-1])
    _plain(
        left,
        "True pairs shifted in time, all lag judged (a line per pair)",
        "lateness of the player, s (negative: early)",
    )
    _columns(right, true, false, colour)
    figure.suptitle(f"Real dancers scored after one another, on {strictness}", fontsize=14)
    figure.savefig(out, dpi=DPI)
    plt.close(figure)


def _columns(
    axes: Any,  # noqa: ANN401 - matplotlib's Axes
    true: Sequence[Pair],
    false: Sequence[Pair],
    colour: dict[str, str],
) -> None:
    """Draw a dot per pair, in a column for each kind and framing, with its median."""
    kinds = [("true", pairs_of) for pairs_of in _by_framing(true)]
    kinds += [("false", pairs_of) for pairs_of in _by_framing(false)]
    for at, (_, pairs) in enumerate(kinds):
        scores = np.array([pair.own for pair in pairs])
        axes.scatter(
            at + _spread(scores), scores, s=26, alpha=0.75, linewidth=0,
            color=[colour.get(pair.dance, GREY) for pair in pairs],
        )  # fmt: skip
        middle = float(np.median(scores))
        axes.plot(
            (at - 0.4, at + 0.4), (middle, middle), color="black", linewidth=1.2, zorder=1
        )
        axes.text(at + 0.4, middle + 1.2, f"{middle:.0f}", ha="right")
    end = max(len(kinds), 1) - 0.5
    for score, what in (
        (TRUE_LEAST, f"asked of whole-body true pairs: {TRUE_LEAST:g}"),
        (FALSE_MOST, f"allowed to false pairs: {FALSE_MOST:g}"),
    ):
        axes.axhline(score, color=GREY, linewidth=1, linestyle="--")
        axes.text(end, score + 1.5, what, ha="right", color=GREY)
    axes.set_xlim(-0.5, end)
    axes.set_xticks(
        range(len(kinds)),
        [f"{kind}\n{pairs[0].framing}\n{len(pairs)} pairs" for kind, pairs in kinds],
    )
    _plain(
        axes, "All pairs as filmed, a constant lag forgiven (a dot per pair; line: median)", ""
    )
    axes.grid(visible=False, axis="x")


def _by_framing(pairs: Sequence[Pair]) -> list[list[Pair]]:
    framings = dict.fromkeys(pair.framing for pair in pairs)
    return [[pair for pair in pairs if pair.framing == framing] for framing in framings]


def _spread(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sideways places (N,) so that dots of like scores lie beside each other."""
    places = np.zeros(len(scores))
    for bin_number in np.unique(np.round(scores / 3)):
        here = np.flatnonzero(np.round(scores / 3) == bin_number)
        width = min(0.05 * (len(here) - 1), 0.7)
        places[here] = np.linspace(-width / 2, width / 2, len(here)) if len(here) > 1 else 0.0
    return places


def _plain(axes: Any, title: str, unit: str) -> None:  # noqa: ANN401 - matplotlib's Axes
    axes.set_title(title, loc="left", fontsize=12)
    axes.set_xlabel(unit)
    axes.set_ylim(-3, 103)
    if axes.get_subplotspec().is_first_col():
        axes.set_ylabel("score, points of 100")
    axes.grid(visible=True, color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
