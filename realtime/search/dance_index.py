"""Where in many dances a few seconds of dancing come from: exact search by upper bounds.

A dance is kept as ten rows per second of eleven bones' directions. The likeness of a player's
seconds to a place in a dance is that of continuous dynamic programming (Oka, "Spotting method for
classification of real world data", Computer Journal 1998) on segments: the query is cut into pieces
of half a second, each is compared rigidly, and the next piece may lie 0.4, 0.5 or 0.6 s after the
last one. That forgives jitter of the dancer and another tempo without a search over either.

The search is exact, by bounds in the manner of GEMINI (Faloutsos, Ranganathan and Manolopoulos, "Fast
subsequence matching in time-series databases", SIGMOD 1994): every half second of every dance is
kept as ``AXES`` numbers (its projection on the axes along which dances differ most, the PAA of
this measure) and the length of what the axes leave out. By Cauchy and Schwarz the inner product of
two pieces is at most that of their projections plus the product of the rests; summing and
maximising over steps keep the inequality, so the chain of bounds is never below the chain of the
pieces. Dances are compared exactly from the highest bound down until no bound is above the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kpopdance.realtime.scoring.features import BASE_WEIGHT, BONES, FEATURE_FPS, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Signature = NDArray[np.int8]

EVERY: Final = 3
"""Rows at ``FEATURE_FPS`` between two rows of a signature."""
HZ: Final = FEATURE_FPS / EVERY
SEGMENT: Final = 5
"""Rows of a piece: half a second."""
STEPS: Final = (SEGMENT - 1, SEGMENT, SEGMENT + 1)
"""Rows from the begin of one piece to the begin of the next."""
MOST_SEGMENTS: Final = 16
"""Of a query: eight seconds."""
MARGIN: Final = MOST_SEGMENTS * STEPS[-1]
"""Unseen rows before each dance: no chain of pieces reaches from one dance into another."""
COLUMNS: Final = 2 * len(BONES)
WHOLE: Final = 127  # int8 of a direction's component 1

USUAL_WAY: Final = np.array(
    [
        [0.0, 0.99], [0.98, 0.0], [0.0, -0.97], [-0.59, 0.12], [-0.28, 0.04], [0.59, 0.12],
        [0.28, 0.04], [-0.36, 0.86], [0.04, 0.89], [0.36, 0.86], [-0.04, 0.89],
    ],
    dtype=np.float32,
)  # fmt: skip
"""The bones' mean directions over real and generated dances: alike is who leaves them alike."""
MOTION: Final = 0.7
"""What turning counts beside being somewhere; real pairs are told apart as well from 0.5 to 1."""
SMOOTHING: Final = np.array([1, 2, 3, 2, 1], dtype=np.float32) / 9
"""Of directions at ``FEATURE_FPS`` before every third is kept: as coarse as the rows that stay."""
LEAST_SEEN: Final = 0.3  # of that smoothing's weight; less is unseen
FLOOR: Final = 0.05  # energy per row that a window has at least: none is sure of standing still
LEG_BONES: Final = np.arange(len(BONES)) >= 7
PARTS: Final = np.tile(
    np.repeat(np.stack([~LEG_BONES, LEG_BONES], axis=1), 2, axis=0).astype(np.float32), (2, 1)
)
"""Which of the columns of ``wide_rows`` are upper body, which legs, float32 (44, 2)."""
SHARE: Final = np.repeat(np.sqrt(BASE_WEIGHT), 2)

AXES: Final = 24
SHELF_ROWS: Final = 16_384
"""Dances are indexed by so many rows together; what a chain needs of them stays in the cache."""
MOST_COMPARED: Final = 40
"""Dances compared exactly at most, where bounds exclude fewer."""
LEAST_SONGS: Final = 4
"""Songs compared exactly at least: the runners-up say how much the first one is worth."""
ROUNDING: Final = 1e-4  # of a likeness, what float32 may take from a bound
NEVER: Final = np.float32(-1e9)


def signature(joints: Floats) -> Signature:
    """Return what a search keeps of a dance.

    Parameters
    ----------
    joints : float32 (T, 18, 3)
        At ``FEATURE_FPS`` rows per second, in any unit; unseen is NaN, NaN, 0.

    Returns
    -------
    int8 (ceil(T / 3), 22)
        Directions of the eleven bones in 127ths, x and y in turn; 0, 0 where unseen. Row i is
        row ``3 i`` of the joints, smoothed over 0.13 s.
    """
    if not len(joints):
        return np.zeros((0, COLUMNS), dtype=np.int8)
    features = describe(joints, FEATURE_FPS)
    weight = features.weight
    seen = _smoothed(weight)
    way = _smoothed(features.direction * weight[..., None])
    kept = np.where(seen[..., None] > LEAST_SEEN, way / np.maximum(seen, 1e-6)[..., None], 0)
    out: Signature = np.rint(WHOLE * kept[::EVERY]).astype(np.int8).reshape(-1, COLUMNS)
    return out


def _smoothed(values: Floats) -> Floats:
    """Return rows (T, ...) smoothed in time; outside is 0."""
    half = len(SMOOTHING) // 2
    edge = np.zeros((half, *values.shape[1:]), dtype=values.dtype)
    padded = np.concatenate([edge, values, edge])
    out = np.zeros_like(values)
    for k, share in enumerate(SMOOTHING):
        out += share * padded[k : k + len(values)]
    return out


def wide_rows(rows: Signature) -> Floats:
    """Return float32 (T, 44): how far each bone is off its usual way, and how it turns.

    Unseen is 0 and neither adds to a likeness nor takes from it.
    """
    way = rows.astype(np.float32)
    seen = np.repeat(_seen(rows), 2, axis=1)
    out = np.zeros((len(rows), 2 * COLUMNS), dtype=np.float32)
    np.multiply(way * (SHARE / WHOLE) - USUAL_WAY.ravel() * SHARE, seen, out=out[:, :COLUMNS])
    turn = (way[2:] - way[:-2]) * (MOTION * SHARE / WHOLE)
    np.multiply(turn, seen[2:] & seen[:-2], out=out[1:-1, COLUMNS:])
    return out


def _seen(rows: Signature) -> NDArray[np.bool_]:
    """Return bool (T, 11), which bones were seen: their two bytes are not both 0."""
    seen: NDArray[np.bool_] = np.ascontiguousarray(rows).view(np.int16) != 0
    return seen


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A player's seconds, asked of an index.

    ``wide`` float32 (S * 5, 44) as ``wide_rows`` gives it; ``energy`` its squared length;
    ``seen`` (upper body, legs) 0..1, how much of either was seen; ``motion`` 0.., the mean
    energy per row of what changes in it: 0 stands still.
    """

    wide: Floats
    energy: float
    seen: tuple[float, float]
    motion: float

    @property
    def segments(self) -> int:
        """How many pieces it is cut into."""
        return len(self.wide) // SEGMENT


def query_of(rows: Signature) -> Query | None:
    """Return the newest 1..8 s of a signature as a query, whole pieces; None: there are no such."""
    segments = min(len(rows) // SEGMENT, MOST_SEGMENTS)
    if segments < 2:
        return None
    n = segments * SEGMENT
    wide = wide_rows(rows)[-n:]
    there = _seen(rows[-n:]).mean(axis=0)
    upper, legs = (
        float(np.average(there[part], weights=BASE_WEIGHT[part]))
        for part in (~LEG_BONES, LEG_BONES)
    )
    way = wide[:, :COLUMNS]
    off = np.where(way != 0, way - way.sum(axis=0) / np.maximum((way != 0).sum(axis=0), 1), 0)
    return Query(wide, float((wide**2).sum()), (upper, legs), float((off**2).sum() / n))


@dataclass(frozen=True, slots=True)
class Hit:
    """A dance and its place most like a query.

    ``row`` of the dance's signature is where the query's last row lies; ``likeness`` -1..1.
    """

    dance: int
    row: int
    likeness: float
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The dances most like a query, the best place of each, best first.

    ``proven``: no dance of the index is more like it than the first; ``looked`` how many were
    compared exactly.
    """

    hits: tuple[Hit, ...]
    proven: bool
    looked: int


class DanceIndex:
    """Signatures of dances, and bounds on the likeness of any query to each.

    ``add`` takes dances one by one and touches no other; those that do not fill a shelf yet
    are always compared exactly. The axes follow from the first full shelf and stay.
    """

    def __init__(self, shelf_rows: int = SHELF_ROWS) -> None:
        self._shelf_rows = shelf_rows
        self._rows: list[Signature] = []
        self._songs: list[int] = []
        self._shelves: list[_Shelf] = []
        self._open: list[int] = []
        self._axes: Floats | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def nbytes(self) -> int:
        """How much memory the signatures and bounds take."""
        return sum(rows.nbytes for rows in self._rows) + sum(s.nbytes for s in self._shelves)

    def rows(self, dance: int) -> Signature:
        """Return a dance's signature int8 (T, 22)."""
        return self._rows[dance]

    def add(self, rows: Signature, song: int) -> int:
        """Take a dance int8 (T, 22) of a song; return the dance's number, counted from 0.

        Raises
        ------
        ValueError
            Where this is no signature.
        """
        if rows.dtype != np.int8 or rows.ndim != 2 or rows.shape[1] != COLUMNS:
            raise ValueError(f"a signature is int8 (T, 22), got {rows.dtype} {rows.shape}")
        self._rows.append(rows)
        self._songs.append(song)
        self._open.append(len(self._rows) - 1)
        if sum(len(self._rows[dance]) + MARGIN for dance in self._open) >= self._shelf_rows:
            shelf = [(dance, self._rows[dance]) for dance in self._open]
            if self._axes is None:
                self._axes = _main_axes([rows for _, rows in shelf])
            self._shelves.append(_Shelf(shelf, self._axes))
            self._open = []
        return len(self._rows) - 1

    def search(self, queries: list[Query], *, looks: int = MOST_COMPARED) -> Found:
        """Return the dances most like any of the queries; ``Hit.asked`` says which of them.

        The first is the most alike of all where ``proven``. The others are the most alike of
        those looked at.
        """
        hits: list[Hit] = []
        songs: set[int] = set()
        best = -1.0
        for bound, dance in self._candidates(queries):
            if len(songs) >= LEAST_SONGS and bound <= best:
                break
            if len(hits) >= looks and np.isfinite(bound):
                return Found(_ordered(hits), bound <= best, len(hits))
            hits.append(self._look(queries, dance))
            songs.add(self._songs[dance])
            best = max(best, hits[-1].likeness)
        return Found(_ordered(hits), True, len(hits))

    def search_all(self, queries: list[Query]) -> Found:
        """Return every dance, all compared exactly: what ``search`` is measured against."""
        hits = [self._look(queries, dance) for dance in range(len(self._rows))]
        return Found(_ordered(hits), True, len(hits))

    def _candidates(self, queries: list[Query]) -> Iterator[tuple[float, int]]:
        """Yield (bound, dance) from the highest down; the open shelf comes first."""
        yield from ((float("inf"), dance) for dance in self._open)
        if self._axes is None:
            return
        axes = self._axes
        asked = [(query, _projected(query.wide, axes)[::SEGMENT]) for query in queries]
        bounds = np.concatenate(
            [
                np.max([shelf.bounds(query, pieces) for query, pieces in asked], axis=0)
                for shelf in self._shelves
            ]
        )
        dances = np.concatenate([shelf.dances for shelf in self._shelves])
        for k in np.argsort(-bounds, kind="stable"):
            yield float(bounds[k]) + ROUNDING, int(dances[k])

    def _look(self, queries: list[Query], dance: int) -> Hit:
        return compared(queries, dance, exact_rows(self._rows[dance]))


@dataclass(frozen=True, slots=True, eq=False)
class ExactRows:
    """A dance as an exact comparison needs it: ``wide`` float32 (M + T, 44), its ``energy``."""

    wide: Floats
    energy: NDArray[np.float64]


def exact_rows(rows: Signature) -> ExactRows:
    """Return a signature int8 (T, 22) ready for ``compared``."""
    wide = wide_rows(_framed(rows))
    return ExactRows(wide, _energy(wide))


def compared(queries: list[Query], dance: int, rows: ExactRows) -> Hit:
    """Return the place of a dance most like any of the queries, by the measure itself."""
    best = Hit(dance, 0, -2.0)
    for asked, query in enumerate(queries):
        sums = _chained(_piece_likeness(rows.wide, query.wide))
        places = (sums / _norms(rows.energy, query, len(sums)))[MARGIN:]
        at = int(places.argmax())
        if places[at] > best.likeness:
            best = Hit(dance, at + SEGMENT - 1, float(places[at]), asked)
    return best


class _Shelf:
    """Some dances, one after the other, as bounds need them."""

    def __init__(self, dances: list[tuple[int, Signature]], axes: Floats) -> None:
        framed = [_framed(rows) for _, rows in dances]
        self.dances = np.array([dance for dance, _ in dances])
        ends = np.cumsum([len(rows) for rows in framed])
        # a piece must lie inside its dance: from behind the margin to the last whole one
        begins = ends - [len(rows) - MARGIN for rows in framed]
        self._spans = np.stack([begins, ends - SEGMENT + 1], axis=1).ravel()
        wide = wide_rows(np.concatenate(framed))
        self._pieces = np.ascontiguousarray(_projected(wide, axes).T)
        self._energy = _energy(wide)

    @property
    def nbytes(self) -> int:
        return self._pieces.nbytes + self._energy.nbytes

    def bounds(self, query: Query, pieces: Floats) -> Floats:
        """Return float32 (dances,): no place of the dance is more like the query."""
        sums = _chained(pieces @ self._pieces)
        bounds = sums / _norms(self._energy, query, len(sums))
        # reduceat gives what lies between spans too; every second one is a dance
        best: Floats = np.maximum.reduceat(np.append(bounds, NEVER), self._spans)[::2]
        return best


def _framed(rows: Signature) -> Signature:
    """Return the rows behind unseen ones; at least one whole piece."""
    short = max(SEGMENT - len(rows), 0)
    return np.pad(rows, ((MARGIN, short), (0, 0)))


def _main_axes(dances: list[Signature]) -> Floats:
    """Return float32 (220, AXES), orthonormal: along them the pieces of dances are longest."""
    moment = np.zeros((2 * COLUMNS * SEGMENT, 2 * COLUMNS * SEGMENT))
    for rows in dances:
        pieces = _pieces(wide_rows(_framed(rows))).astype(np.float64)
        moment += pieces.T @ pieces
    return np.ascontiguousarray(np.linalg.eigh(moment)[1][:, : -AXES - 1 : -1], np.float32)


def _pieces(wide: Floats) -> Floats:
    """Return float32 (T - 4, 220): the half second that begins with each row."""
    return sliding_window_view(wide, SEGMENT, axis=0).reshape(len(wide) - SEGMENT + 1, -1)


def _projected(wide: Floats, axes: Floats) -> Floats:
    """Return float32 (T - 4, AXES + 1): each half second along the axes, and the rest's length."""
    pieces = _pieces(wide)
    along = pieces @ axes
    rest = np.einsum("ij,ij->i", pieces, pieces) - np.einsum("ij,ij->i", along, along)
    return np.concatenate([along, np.sqrt(np.maximum(rest, 0))[:, None]], axis=1)


def _piece_likeness(wide: Floats, query: Floats) -> Floats:
    """Return float32 (S, T - 4): the inner product of each piece with each half second."""
    rows = (wide @ query.T).reshape(len(wide), -1, SEGMENT)
    last = len(wide) - SEGMENT + 1
    out = rows[:last, :, 0].copy()
    for k in range(1, SEGMENT):
        out += rows[k : last + k, :, k]
    return np.ascontiguousarray(out.T)


def _chained(pieces: Floats) -> Floats:
    """Return float32 (N,): the best sum over chains of pieces whose last begins at each row.

    ``pieces`` float32 (S, N); each begins ``STEPS`` rows after the one before.
    """
    sums: Floats = pieces[0]
    long = STEPS[-1]
    for piece in pieces[1:]:
        best = np.maximum(sums[:-2], sums[1:-1])
        np.maximum(best, sums[2:], out=best)
        sums = np.full_like(piece, NEVER)
        np.add(best[: len(piece) - long], piece[long:], out=sums[long:])
    return sums


def _energy(wide: Floats) -> NDArray[np.float64]:
    """Return float64 (2, T + 1): energy of upper body and legs summed up to each row."""
    parts = (wide * wide) @ PARTS
    out = np.zeros((2, len(wide) + 1))
    np.cumsum(parts.T, axis=1, out=out[:, 1:])
    return out


def _norms(energy: NDArray[np.float64], query: Query, places: int) -> Floats:
    """Return float32 (places,): the lengths of query and window by which a sum is divided.

    The window is the rows that a rigid query would lie on, as far as the query saw the part.
    """
    n = len(query.wide)
    seen = energy[0] * query.seen[0] + energy[1] * query.seen[1]
    ends = seen[SEGMENT : SEGMENT + places]
    begins = np.concatenate([np.zeros(min(n - SEGMENT, places)), seen])[:places]
    floor = FLOOR * n
    out: Floats = np.sqrt((ends - begins + floor) * (query.energy + floor)).astype(np.float32)
    return out


def _ordered(hits: list[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: -hit.likeness))
