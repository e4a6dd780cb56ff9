"""A dance kept to be judged again: poses, times and settings in one small file, no pictures.

Judged again by the same version, every mark is the same to the last bit: the file knows how many
poses were there when each move was judged. Of another version the score then is told beside. Its
seal tells whether anything in it was changed since it was written.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass, replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import write_whole
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.library.arrays import arrays_in
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.recipe import RECIPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.scoring.standard import Standard

FORMAT: Final = 2  # 1 had no terms: everybody danced on the usual ones
FIRST_RECIPE: Final = 2  # of the replays of format 1
MOST_BYTES: Final = 64 * 1024 * 1024  # ten minutes at 60 poses a second are 8 MB
MOST_LAG_S: Final = 1.0  # what the settings allow
MOST_S: Final = 36_000.0
MOST_PX: Final = 1e6
ARRAYS: Final = {
    "at_s": (np.float64, (None,)), "joints": (np.float32, (None, 18, 3)),
    "judged_at": (np.int64, (None,)), "faults": (np.float64, (None, 2)),
}  # fmt: skip
WORDS: Final = {
    "format": int, "song": str, "dance": str, "version": str, "network": str, "score": float,
    "player_lag_s": float, "strictness": str, "body": str, "mirrored": bool, "recipe": int,
}  # fmt: skip
MOST_SONGS: Final = 200  # of a medley
ADDED: Final = {"player": 200, "beats": 200, "songs": 200 * MOST_SONGS}
"""Words that older replays of this format lack, and their most signs; older games read over them, and
over the seal."""
SEAL: Final = "seal"


class ReplayError(DanceError):
    """A replay cannot be read or does not belong to the song."""


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """One dance.

    Attributes
    ----------
    at_s : float64 (T,)
        Song seconds of the poses, strictly rising.
    joints : float32 (T, 18, 3)
        The player's poses in px, unseen as NaN, NaN, 0.
    judged_at : int64 (K,)
        How many poses were there when each move was judged.
    faults : float64 (F, 2)
        Song seconds of which the camera delivered no picture.
    song, dance : str
        The song's short name; sha256 of the choreography that was danced.
    version, network : str
        Of the game, and what it saw with.
    score : float
        0..100, as it was given.
    player_lag_s : float
        The calibrated lag.
    strictness, body, mirrored
        The terms, see ``Terms``.
    recipe : int
        Of scoring, see ``RECIPE``.
    player : str
        Who danced, as they call themselves; empty: a guest, or nobody said.
    beats : str
        What tells the song's beats from others, see ``beats_key``; empty: nobody knows.
    songs : str
        Of a medley, its songs' short names in their order, a slash between; empty: it is one song.
    """

    at_s: NDArray[np.float64]
    joints: NDArray[np.float32]
    judged_at: NDArray[np.int64]
    faults: NDArray[np.float64]
    song: str
    dance: str
    version: str
    network: str
    score: float
    player_lag_s: float = 0.0
    strictness: str = "normal"
    body: str = "whole"
    mirrored: bool = False
    recipe: int = RECIPE
    player: str = ""
    beats: str = ""
    songs: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The short names of the songs without which it cannot be judged."""
        return tuple(self.songs.split("/")) if self.songs else (self.song,)

    @property
    def terms(self) -> Terms:
        """On which terms it was danced."""
        return Terms(self.strictness, self.body, self.mirrored)


def dance_key(dance: Choreography) -> str:
    """Return what tells one choreography from another, however it is stored."""
    head = f"{dance.fps} {dance.start_s} {dance.joints.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(dance.joints).tobytes()).hexdigest()


def led_by(song: SongPack, key: str) -> SongPack | None:
    """Return the song with the member in the lead whose choreography has this key; None: none has."""
    order = [song.lead, *(n for n in range(len(song.members)) if n != song.lead)]
    found = [n for n in order if dance_key(song.members[n]) == key]
    return replace(song, lead=found[0]) if found else None


def beats_key(song: SongPack) -> str:
    """Return what tells a song's beats from others: by them its moves are cut."""
    told = f"{song.bpm} {song.offset_s} {song.tempo_changes}"
    return hashlib.sha256(told.encode()).hexdigest()


def poses_key(replay: Replay) -> str:
    """Return what tells the poses of a dance from those of every other."""
    joints = np.ascontiguousarray(replay.joints).tobytes()
    return hashlib.sha256(replay.at_s.tobytes() + joints).hexdigest()


def judged_again(
    replay: Replay, standard: Standard,
    told: Callable[[float, Judge], None] = lambda _due_s, _judge: None,
) -> Judge:  # fmt: skip
    """Return a judge that has seen the dance move by move, as the one of that day did.

    Where the recipe has other moves now, it sees the whole dance at once. ``told`` hears after each
    move from which song second on it could be judged.
    """
    judge = Judge(standard, player_lag_s=replay.player_lag_s)
    for begin, end in replay.faults.tolist():
        judge.fault(begin, end)
    track = PoseTrack()
    same = replay.recipe == RECIPE and len(replay.judged_at) == len(standard.start_s)
    known = replay.judged_at.tolist() if same else ()
    for count in chain(known, repeat(len(replay.at_s))):
        due_s = judge.due_s()
        if due_s is None:
            break
        _add(track, replay, count)
        judge.step(track, due_s)
        told(due_s, judge)
    return judge


def track_of(replay: Replay) -> PoseTrack:
    """Return all poses of a dance, px of the camera's pictures."""
    track = PoseTrack()
    _add(track, replay, len(replay.at_s))
    return track


def _add(track: PoseTrack, replay: Replay, known: int) -> None:
    """Add the poses up to so many."""
    for k in range(len(track), known):
        row = replay.joints[k]
        track.add(float(replay.at_s[k]), Pose(row) if (row[:, 2] > 0).any() else None)


def save_replay(path: Path, replay: Replay) -> None:
    """Write a replay, whole or not at all; OSError where it cannot be."""
    arrays: dict[str, Any] = {name: getattr(replay, name) for name in ARRAYS}
    names = (*(name for name in WORDS if name != "format"), *ADDED)
    told = {name: getattr(replay, name) for name in names} | {"format": FORMAT}
    packed = io.BytesIO()
    words = json.dumps(told | {SEAL: _seal(told, arrays)})
    np.savez_compressed(packed, told=np.array(words), **arrays)
    write_whole(path, packed.getvalue())


def _seal(told: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return what tells words and arrays, in any order, from all others."""
    plain = (str, int, float)  # nothing else is ever read
    words = {
        name: word for name, word in told.items() if name != SEAL and isinstance(word, plain)
    }
    seal = hashlib.sha256(json.dumps(words, sort_keys=True).encode())
    for name in ARRAYS:
        seal.update(f"{name} {arrays[name].shape}".encode())
        seal.update(np.ascontiguousarray(arrays[name]).tobytes())
    return seal.hexdigest()


def read_replay(path: Path) -> Replay:
    """Return the replay in a file.

    Raises
    ------
    ReplayError
        Where there is none, or it is damaged, changed since it was written, or of a newer format.
    """
    try:
        arrays: dict[str, Any] = arrays_in(path, ("told", *ARRAYS), MOST_BYTES)
        told = json.loads(str(arrays.pop("told")))
    except OSError as why:
        raise ReplayError(
            _("{path}: cannot be read ({why})", path=path, why=why.strerror)
        ) from None
    except (ValueError, KeyError, RecursionError) as why:
        raise ReplayError(
            _("{path}: is no replay, or damaged; give another file", path=path)
        ) from why
    words = _checked_words(path, told)
    _check_arrays(path, arrays)
    if SEAL in told and told[SEAL] != _seal(told, arrays):
        raise ReplayError(
            _(
                "{path}: was changed after it was written; ask for it as it was danced",
                path=path,
            )
        )
    return Replay(**arrays, **words)


def _checked_words(path: Path, told: object) -> dict[str, Any]:
    """Return the words of a replay; format 1 was danced on the only terms there were."""
    if isinstance(told, dict) and told.get("format") == 1:
        told = {**asdict(USUAL), "recipe": FIRST_RECIPE, **told, "format": FORMAT}
    if not isinstance(told, dict) or not all(
        isinstance(told.get(name), kind) for name, kind in WORDS.items()
    ):
        raise ReplayError(_("{path}: is no replay, or damaged; give another file", path=path))
    if told["format"] != FORMAT:
        raise ReplayError(
            _(
                "{path}: is a replay of format {told}, this game reads {format}; use the version "
                "that wrote it",
                path=path,
                told=told["format"],
                format=FORMAT,
            )
        )
    if not (0 <= told["score"] <= 100 and abs(told["player_lag_s"]) <= MOST_LAG_S):  # NaN too
        raise ReplayError(
            _("{path}: its score or lag is none that can be; it is damaged", path=path)
        )
    try:
        Terms(told["strictness"], told["body"], told["mirrored"])
    except ValueError as why:
        raise ReplayError(
            _("{path}: {why}; it is damaged, or of a newer game", path=path, why=why)
        ) from None
    added = {name: told.get(name, "") for name in ADDED}
    fit = all(
        isinstance(word, str) and len(word) <= ADDED[name] for name, word in added.items()
    )
    if not fit or added["songs"].count("/") >= MOST_SONGS:
        raise ReplayError(_("{path}: is no replay, or damaged; give another file", path=path))
    return {name: told[name] for name in WORDS if name != "format"} | added


def _check_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    for name, (kind, shape) in ARRAYS.items():
        have = arrays.get(name, np.zeros(()))
        right = have.dtype == kind and have.ndim == len(shape)
        if not right or any(
            want not in (None, size) for want, size in zip(shape, have.shape, strict=True)
        ):
            raise ReplayError(
                _(
                    "{path}: its {name} are not as they should be; it is damaged",
                    path=path,
                    name=name,
                )
            )
    _check_numbers(path, **arrays)


def _check_numbers(
    path: Path,
    at_s: NDArray[np.float64],
    joints: NDArray[np.float32],
    judged_at: NDArray[np.int64],
    faults: NDArray[np.float64],
) -> None:
    confidence = joints[..., 2]
    places = joints[confidence > 0][:, :2]
    lasting = faults[~np.isinf(faults)]  # others lasted since ever, or for good
    in_order = (faults[:, 0] <= faults[:, 1]).all()
    if not (in_order and _within(np.concatenate([at_s, lasting]), MOST_S)):
        raise ReplayError(_("{path}: its times are none of a song; it is damaged", path=path))
    if not _within(places, MOST_PX):
        raise ReplayError(
            _("{path}: its poses are none of a picture; it is damaged", path=path)
        )
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ReplayError(
            _("{path}: its confidences are none from 0 to 1; it is damaged", path=path)
        )
    rising = len(at_s) == len(joints) and (np.diff(at_s) > 0).all()
    if not rising or (judged_at < 0).any() or (judged_at > len(at_s)).any():
        raise ReplayError(_("{path}: its poses are not in order; it is damaged", path=path))


def _within(numbers: NDArray[Any], most: float) -> bool:
    return bool((np.abs(numbers) <= most).all())  # False of NaN
