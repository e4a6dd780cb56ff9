"""You dance, it guesses: which song of a library a few seconds of dancing are, where in it, how surely.

``DanceLibrary.add`` describes a song's members once; ``guess`` is asked anew on each beat with the
player's track so far. Nothing is remembered between questions.

A million songs, on paper. Ten rows of 180 s are 1,800 places a song, 1.8e9 in all; a song's
signature is 40 KB (40 GB on disk), its bounds are 116 bytes a place (209 GB): too much for a laptop.
1. Scanning is linear: 40 ms for 1,000 songs on one core, 40 s for a million, 80 s with mirror images.
2. So an inverted file comes first (Jegou, Douze and Schmid, "Product quantization for nearest neighbor
   search", TPAMI 2011): the 24 numbers of a half second become the nearest of 65,536 words.
3. One key each 0.5 s is enough: 1.8e9 / 5 = 3.6e8 entries of 4 bytes (song 20 bits, half second 9
   bits) = 1.4 GB, 5,500 entries a word, memory mapped.
4. A query of 6 s has 12 pieces in 5 phases; 8 words each are 480 lists: 2.6 million entries, 11 MB.
5. They vote for (song, begin / 0.5 s): one sort of 2.6 million keys, 0.15 s.
6. The 2,000 songs with most votes get bounds as now, computed from their signatures (80 MB to read,
   4.6 s to project: so product codes of 6 bytes a place are kept instead, 11 GB, and 22 MB are read,
   0.08 s to sum up from tables); the 40 best are compared exactly, 40 ms.
7. Together 0.3 s on one core, twice that with mirror images: with two cores one question a second.
8. Bounds stay exact only among the songs voted for; what the vote misses has to be measured.
9. Chance: the best unrelated song grows as sqrt(2 ln places). Drawn, it has 0.48 of 10 songs and 0.57 of
   100 at 4 s; so 0.65 of 1,000 and 0.86 of a million, as much as the right song; at 8 s 0.67. What
   4 s tell among 1,000 songs takes about 8 s there.
10. What stays: songs are added one by one, the words are trained once on a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.body import mirrored as mirror_of
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.scoring.features import FEATURE_FPS
from kpopdance.realtime.search.dance_index import (
    COLUMNS,
    EVERY,
    HZ,
    MOST_COMPARED,
    MOST_SEGMENTS,
    SEGMENT,
    DanceIndex,
    Found,
    Query,
    query_of,
    signature,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Choreography

    Signature = NDArray[np.int8]

FORMAT: Final = 1
USUAL_SECONDS: Final = 6.0
MOST_SECONDS: Final = MOST_SEGMENTS * SEGMENT / HZ
KNOWN: Final = 0.8
"""Certainty from which a dance counts as known."""
SHOWN: Final = 3
CROWD: Final = {1.0: 0.71, 2.0: 0.6, 4.0: 0.48, 6.0: 0.42, 8.0: 0.39}
"""Seconds: likeness of the best of ten songs that somebody does not dance. It stands for the other
songs where the library has none that is as alike."""
NEAR: Final = 0.95  # of a likeness: beyond, no song is nearer to 1 than another
MOVING: Final = 0.6
"""Motion of a query from which it is a dance and no waiting."""
CERTAINTY: Final = (-11.69, 1.14, 13.31, 7.29, -3.3, 9.53)
"""Of a constant and the ``evidence``."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A song that may be danced.

    Attributes
    ----------
    song : str
        As named to ``DanceLibrary.add``.
    member : int
        The member whose dance is most like it, counted from 0.
    song_s : float
        Song second at which the player is at ``Guesses.at_s``.
    likeness : float, -1..1
        1 is the same dance row by row.
    certainty : float, 0..1
        How probable it is that this is the song.
    mirrored : bool
        The player dances what a mirror shows.
    """

    song: str
    member: int
    song_s: float
    likeness: float
    certainty: float
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Guesses:
    """What a player may be dancing.

    Attributes
    ----------
    guesses : tuple of Guess
        The songs most alike, each once, best first; empty where there is no song or nobody
        was seen for a second.
    at_s : float
        Second of the player's track at which the ``song_s`` are true; NaN without guesses.
    seconds : float
        How much of the track was used.
    proven : bool
        No song of the library is more alike than the first.
    looked : int
        Dances that were compared exactly.
    """

    guesses: tuple[Guess, ...] = ()
    at_s: float = float("nan")
    seconds: float = 0.0
    proven: bool = True
    looked: int = 0

    @property
    def known(self) -> Guess | None:
        """The first guess where it is certain enough, else None: "I do not know this dance"."""
        return self.guesses[0] if self.guesses and self.guesses[0].certainty >= KNOWN else None


class Described(NamedTuple):
    """What a search keeps of one member's dance: rows as ``signature`` gives them.

    ``start_s`` is the song second of the first.
    """

    start_s: float
    rows: Signature


def described(members: Sequence[Choreography]) -> list[Described]:
    """Return what a search keeps of a song's dances."""
    dances = []
    for dance in members:
        times = np.arange(dance.start_s, dance.end_s + 1e-6, 1 / FEATURE_FPS)
        dances.append(Described(dance.start_s, signature(choreography_rows(dance, times))))
    return dances


class DanceLibrary:
    """Songs that can be guessed; ``add`` costs 9 ms per three minutes and member.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> library = kpopdance.DanceLibrary()
    >>> library.add("neon-steps", song.members)
    >>> track = kpopdance.PoseTrack()
    >>> for row, joints in enumerate(song.members[1].joints[1200:1440]):
    ...     track.add(row / song.members[1].fps, kpopdance.Pose(joints.copy()))
    >>> guess = library.guess(track, seconds=6.0).known
    >>> guess.song, guess.member, round(guess.song_s)
    ('neon-steps', 1, 48)
    """

    def __init__(self, index: DanceIndex | None = None) -> None:
        self._index = DanceIndex() if index is None else index  # an empty one is falsy
        self._songs: list[str] = []
        self._dances: list[_Dance] = []

    @property
    def songs(self) -> tuple[str, ...]:
        """The songs' names in the order in which they were added."""
        return tuple(self._songs)

    @property
    def index(self) -> DanceIndex:
        """What is searched; dance i of it is the i-th member added."""
        return self._index

    def add(self, song: str, members: Sequence[Choreography]) -> None:
        """Describe a song's members; what is there already is left as it is.

        Raises
        ------
        ValueError
            Where a song of this name is there already.
        """
        self.take(song, described(members))

    def take(self, song: str, dances: Sequence[Described]) -> None:
        """Take a song whose members' dances were described before; see ``add``."""
        if song in self._songs:
            raise ValueError(f"the library knows {song!r} already; give it another name")
        self._songs.append(song)
        for number, dance in enumerate(dances):
            self._take(_Dance(len(self._songs) - 1, number, dance.start_s), dance.rows)

    def song_of(self, dance: int) -> int:
        """Return the number of the song that a dance of the index belongs to."""
        return self._dances[dance].song

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays for ``numpy.savez``; 40 KB per three minutes and member."""
        rows = [self._index.rows(dance) for dance in range(len(self._dances))]
        return {
            "format": np.array(FORMAT),
            "songs": np.array(self._songs, dtype=np.str_),
            "song": np.array([dance.song for dance in self._dances], dtype=np.int64),
            "member": np.array([dance.member for dance in self._dances], dtype=np.int64),
            "start_s": np.array([dance.start_s for dance in self._dances]),
            "lengths": np.array([len(each) for each in rows], dtype=np.int64),
            "rows": np.concatenate([np.zeros((0, COLUMNS), dtype=np.int8), *rows]),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], index: DanceIndex | None = None
    ) -> DanceLibrary:
        """Return the library that ``to_arrays`` gave; it answers the same.

        Raises
        ------
        ValueError
            Where the arrays are of another format, or do not fit each other.
        """
        library = cls(index)
        _check(arrays)
        library._songs = [str(song) for song in arrays["songs"]]
        ends = np.cumsum(arrays["lengths"])
        for k, stop in enumerate(ends):
            dance = _Dance(*(arrays[key][k].item() for key in ("song", "member", "start_s")))
            library._take(dance, arrays["rows"][stop - arrays["lengths"][k] : stop])
        return library

    def guess(
        self, track: PoseTrack, *, seconds: float = USUAL_SECONDS, mirrored: bool = True,
        looks: int = MOST_COMPARED,
    ) -> Guesses:  # fmt: skip
        """Return which songs the newest seconds of a track may be.

        Parameters
        ----------
        track : PoseTrack
            The player's poses so far, in px or any other unit, with the times of capture.
        seconds : float, 1..8
            How much of it is used; what lies before the first and after the last pose is not.
        mirrored : bool
            Whether mirror images are searched for too; it takes twice as long.
        looks : int
            Dances compared exactly at most, see ``Guesses.proven``.
        """
        queries, late_s = newest_queries(track, seconds, ways=2 if mirrored else 1)
        if not queries or not self._dances:
            return Guesses()
        found = self._index.search(queries, looks=looks)
        return Guesses(
            self._named(found, queries[0]), float(track.at_s[-1]) - late_s,
            len(queries[0].wide) / HZ, found.proven, found.looked,
        )  # fmt: skip

    def _named(self, found: Found, query: Query) -> tuple[Guess, ...]:
        """Return the best hit of each song, the best songs first, with what they are worth."""
        best: dict[int, int] = {}
        for k, hit in enumerate(found.hits):
            best.setdefault(self._dances[hit.dance].song, k)
        hits = [found.hits[k] for k in best.values()]
        out = []
        for hit in hits[:SHOWN]:
            dance = self._dances[hit.dance]
            rival = max((other.likeness for other in hits if other is not hit), default=-1.0)
            out.append(
                Guess(
                    self._songs[dance.song], dance.member, dance.start_s + hit.row / HZ,
                    hit.likeness, certainty(evidence(query, hit.likeness, rival)), hit.asked == 1,
                )
            )  # fmt: skip
        return tuple(out)

    def _take(self, dance: _Dance, rows: Signature) -> None:
        self._dances.append(dance)
        self._index.add(rows, dance.song)


@dataclass(frozen=True, slots=True)
class _Dance:
    """One member of a song, and the song second of its first row."""

    song: int
    member: int
    start_s: float


def evidence(query: Query, likeness: float, rival: float) -> NDArray[np.float64]:
    """Return what speaks for a song, float64 (5,), each about 0..1.

    Its likeness; how far that is above the best other song's and above what some song always
    reaches by chance; how much nearer to 1 it is than those; how long was danced; whether
    anything moved.
    """
    seconds = len(query.wide) / HZ
    chance = float(np.interp(seconds, list(CROWD), list(CROWD.values())))
    other = min(max(rival, chance), NEAR)
    lead = likeness - max(rival, chance)
    moving = min(query.motion / MOVING, 1.0)
    return np.array([likeness, lead, lead / (1 - other), np.log2(seconds) / 3, moving])


def certainty(told: NDArray[np.float64]) -> float:
    """Return 0..1 how probably a song of this ``evidence`` is the right one: logistic regression.

    Fitted by ``python -m tools.bench.scoring.bench_guess --calibrate``; see there for how well it
    holds on dances that it was not fitted on.
    """
    return float(1 / (1 + np.exp(-(CERTAINTY[0] + np.dot(CERTAINTY[1:], told)))))


def newest_queries(track: PoseTrack, seconds: float, *, ways: int) -> tuple[list[Query], float]:
    """Return the newest seconds in which anybody was seen, and how long ago in s that ended.

    With two ways the second is the mirror image; empty where less than a second is left.
    """
    if not len(track):
        return [], 0.0
    rows = round(min(max(seconds, 1.0), MOST_SECONDS) * HZ)
    back = np.arange(EVERY * (rows - 1), -1, -1) / FEATURE_FPS
    joints = track.rows(track.at_s[-1] - back)
    views = [signature(joints)]
    if ways == 2:
        views.append(signature(mirror_of(joints, 0.0)))
    seen = np.flatnonzero(views[0].any(axis=1))
    if not len(seen):
        return [], 0.0
    newest = int(seen[-1])
    queries = [query_of(view[seen[0] : newest + 1]) for view in views]
    late_s = (rows - 1 - newest) / HZ
    return [query for query in queries if query is not None], late_s


def _check(arrays: Mapping[str, NDArray[Any]]) -> None:
    missing = {"format", "songs", "song", "member", "start_s", "lengths", "rows"} - set(arrays)
    if missing:
        raise ValueError(f"a library of dances lacks {sorted(missing)[0]}; describe it again")
    if int(arrays["format"]) != FORMAT:
        raise ValueError(
            f"a library of dances has format {arrays['format']}, this game reads {FORMAT}; "
            "describe it again"
        )
    song, lengths = arrays["song"], arrays["lengths"]
    same = len({len(arrays[key]) for key in ("song", "member", "start_s", "lengths")}) == 1
    named = not len(song) or (song.min() >= 0 and song.max() < len(arrays["songs"]))
    whole = not len(lengths) or lengths.min() >= 0
    if not (same and named and whole and lengths.sum() == len(arrays["rows"])):
        raise ValueError("a library of dances does not fit together; describe it again")
