"""A group's board: a folder of replays that any program may keep alike on several computers.

Nothing in it is trusted: each replay is judged again here (see ``verified``), once; the result is kept
by the file's digest and the song's stamp, so that a folder of a thousand is read quickly. Files that
are not whole yet wait; copies of one dance are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Final
from zipfile import is_zipfile

from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import reason_of
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.catalogue import stamp_of
from kpopdance.realtime.library.kept import keep_all, kept_name, read_kept
from kpopdance.realtime.library.medley import told_title
from kpopdance.realtime.library.pack_reader import digest_of, listed_pack
from kpopdance.realtime.library.players import fit_name
from kpopdance.realtime.library.replay import MOST_BYTES, ReplayError, poses_key, save_replay
from kpopdance.realtime.library.songpack import SongPackError
from kpopdance.realtime.library.verified import REASONS, UnverifiedError, verified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kpopdance.realtime.library.replay import Replay

MOST_FILES: Final = 10_000
KEPT_AT_ONCE: Final = 16
"""So many new results are kept together; a board that is left in the middle loses no more."""
TOLD_EVERY: Final = 50  # files that are known
SHARED: Final = re.compile(r"(?!\.|~).*\.npz", re.IGNORECASE)
"""What is no file of a program that is copying."""
MORE_REASONS: Final = REASONS | {
    "little": N_("too little of it was judged to count"),
    "large": N_("it is larger than any dance"),
    "names": N_("the same dance is here as that of {names}: one of them is a copy"),
}
_Share = Annotated[float, Meta(ge=0, le=100)]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, as it was found out here; ``why`` it is refused, empty where it is not.

    ``song`` is its short name, ``needs`` are those of the songs that the result depends on and ``stamp``
    what their files were then; ``then`` the score that the
    file claims, ``score`` 0..100 what its poses earn; ``aged``: an older recipe gave that one.
    """

    song: str = ""
    needs: tuple[str, ...] = ()
    stamp: str = ""
    why: str = ""
    values: dict[str, str | float] = field(default_factory=dict)
    title: str = ""
    player: str = ""
    strictness: str = "normal"
    body: str = "whole"
    mirrored: bool = False
    score: _Share = 0.0
    then: _Share = 0.0
    stars: Annotated[int, Meta(ge=0, le=5)] = 0
    aged: bool = False
    poses: str = ""

    @property
    def terms(self) -> Terms:
        """On which terms it was danced."""
        return Terms(self.strictness, self.body, self.mirrored)

    def __post_init__(self) -> None:
        try:
            if self.terms and self.why:
                MORE_REASONS[self.why].format(**self.values)  # all that it names is there
        except (LookupError, ValueError) as why:
            raise ValueError("this is no result") from why

    @property
    def reason(self) -> str:
        """Why it is refused, in words."""
        return _(MORE_REASONS[self.why], **self.values)


@dataclass(frozen=True, slots=True)
class Standing:
    """A verified dance on the board, and the file that holds it."""

    path: Path
    found: Found


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best dance of each player to a song on the same terms, the best first."""

    title: str
    terms: Terms
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What a folder shows.

    Attributes
    ----------
    rankings : tuple of Ranking
        By title, then terms.
    refused : tuple of (str, str)
        A file's name, and why it does not count.
    waiting : tuple of str
        Names of files that are not whole (yet).
    copies : int
        Files that hold a dance which another one holds too.
    left : int
        Files that are still to be looked at.
    """

    rankings: tuple[Ranking, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    waiting: tuple[str, ...] = ()
    copies: int = 0
    left: int = 0


def read_board(
    folder: Path, libraries: tuple[Path, ...], told: Callable[[Board], None] = lambda _board: None
) -> Board:  # fmt: skip
    """Return the board in a folder; ``told`` hears it as far as it is, and what it raises ends it.

    Raises
    ------
    DanceError
        Where the folder cannot be read.
    """
    where = lru_cache(maxsize=None)(partial(listed_pack, libraries=libraries))
    library = libraries[0] if libraries else None
    paths = replays_in(folder)
    found: dict[Path, Found | None] = {}
    fresh: dict[str, Found] = {}
    try:
        for path in paths:
            new = len(fresh)
            found[path] = _known_or_new(path, library, where, fresh)
            if len(fresh) > new or len(found) % TOLD_EVERY == 0:
                told(board_of(found, len(paths) - len(found)))
            if len(fresh) >= KEPT_AT_ONCE:
                _keep(library, fresh)
    finally:
        _keep(library, fresh)
    return board_of(found)


def replays_in(folder: Path) -> list[Path]:
    """Return the files of a board, by name; raises DanceError where it cannot be read."""
    try:
        shared = [path for path in folder.iterdir() if SHARED.fullmatch(path.name)]
    except OSError as why:
        raise DanceError(
            _(
                "{folder}: the board cannot be read ({why}); name the folder your group shares",
                folder=folder,
                why=why.strerror,
            )
        ) from None
    return sorted(shared)[:MOST_FILES]


def _known_or_new(
    path: Path, library: Path | None, where: Callable[[str], Path], fresh: dict[str, Found]
) -> Found | None:
    """Return what a file holds, noted under ``fresh`` where it was not known; None: it waits."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return Found(why="large")
        name = kept_name("verified", digest_of(path))
    except OSError:
        return None
    with suppress(ValueError):
        known = checked(read_kept(library, name), Found)
        if known.stamp == _stamp(known.needs, where):
            return known
    if not is_zipfile(path):  # a zip's directory comes last: it is being copied, or was cut
        return None
    fresh[name] = looked_at(path, where)
    return fresh[name]


def _stamp(songs: tuple[str, ...], where: Callable[[str], Path]) -> str:
    try:
        return " ".join(stamp_of(where(song)) for song in songs)
    except SongPackError:
        return ""


def _keep(library: Path | None, fresh: dict[str, Found]) -> None:
    keep_all(library, {name: asdict(found) for name, found in fresh.items()})
    fresh.clear()


def looked_at(path: Path, where: Callable[[str], Path]) -> Found:
    """Return what a file holds, worked out anew."""
    try:
        dance = verified(path, where)
    except UnverifiedError as why:
        return Found("", why.songs, _stamp(why.songs, where), why.why, why.values)
    except DanceError as why:  # the song here is damaged
        return Found(why="damaged", values={"told": str(why)})
    replay, report = dance.replay, dance.report
    return Found(
        replay.song, replay.needs, _stamp(replay.needs, where),
        "" if report.complete else "little", {}, told_title(dance.song),
        fit_name(replay.player), **asdict(replay.terms), score=report.score, then=replay.score,
        stars=report.stars, aged=dance.aged, poses=poses_key(replay),
    )  # fmt: skip


def board_of(found: Mapping[Path, Found | None], left: int = 0) -> Board:
    """Return the board of what files hold; of those that hold one dance the first counts."""
    waiting = tuple(path.name for path, each in found.items() if each is None)
    refused = [(path.name, each.reason) for path, each in found.items() if each and each.why]
    dances: dict[str, list[Standing]] = defaultdict(list)
    for path, each in found.items():
        if each is not None and not each.why:
            dances[each.poses].append(Standing(path, each))
    rankings: dict[tuple[str, Terms], list[Standing]] = defaultdict(list)
    copies = 0
    for same in dances.values():
        names = dict.fromkeys(one.found.player for one in same)
        if len(names) > 1:
            why = _(MORE_REASONS["names"], names=", ".join(map(called, names)))
            refused += [(one.path.name, why) for one in same]
            continue
        copies += len(same) - 1
        rankings[same[0].found.song, same[0].found.terms].append(same[0])
    ranked = [_ranking(terms, standings) for (_song, terms), standings in rankings.items()]
    ranked.sort(key=lambda each: (each.title.casefold(), each.terms.words))
    return Board(tuple(ranked), tuple(sorted(refused)), waiting, copies, left)


def _ranking(terms: Terms, standings: list[Standing]) -> Ranking:
    best: dict[str, Standing] = {}
    for each in sorted(standings, key=lambda one: -one.found.score):
        best.setdefault(each.found.player.casefold(), each)
    return Ranking(standings[0].found.title, terms, tuple(best.values()))


def called(player: str) -> str:
    """Return a player's name; of a guest, that."""
    return player or _("Guest")


def put_on_board(folder: Path, replay: Replay) -> Path:
    """Write a dance into a board's folder under a name of its own, so that nobody else's is met.

    Raises
    ------
    ReplayError
        Where it cannot be written, or the folder is not there.
    """
    path = folder / f"{replay.song}-{poses_key(replay)[:12]}.npz"
    try:
        save_replay(path, replay)
    except OSError as why:
        raise ReplayError(
            _(
                "{folder}: the dance is not put there ({why}); check the board's folder",
                folder=folder,
                why=reason_of(why),
            )
        ) from None
    return path
