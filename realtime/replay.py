"""A dance kept to be judged again: poses, times and settings in one small file, no pictures.

Judged again by the same version, every mark is the same to the last bit: the file knows how many
poses were there when each move was judged. Of another version the score then is told beside.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engines.maps import DanceError
from realtime.files import write_whole
from realtime.pure.judge import Judge
from realtime.pure.track import PoseTrack
from realtime.pure.types import Choreography, Pose

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from realtime.pure.standard import Standard

FORMAT: Final = 1
MOST_BYTES: Final = 64_000_000  # ten minutes at 60 poses a second are 8 MB
ARRAYS: Final = {
    "at_s": (np.float64, (None,)), "joints": (np.float32, (None, 18, 3)),
    "judged_at": (np.int64, (None,)), "faults": (np.float64, (None, 2)),
}  # fmt: skip
WORDS: Final = {
    "format": int, "song": str, "dance": str, "version": str, "network": str, "score": float,
    "player_lag_s": float,
}  # fmt: skip


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
        Song seconds without camera.
    song, dance : str
        The song's short name; sha256 of the choreography that was danced.
    version, network : str
        Of the game, and what it saw with.
    score : float
        0..100, as it was given.
    player_lag_s : float
        The calibrated lag.
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


def dance_key(dance: Choreography) -> str:
    """Return what tells one choreography from another, however it is stored."""
    head = f"{dance.fps} {dance.start_s} {dance.joints.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(dance.joints).tobytes()).hexdigest()


def judged_again(replay: Replay, standard: Standard) -> Judge:
    """Return a judge that has seen the dance move by move, as the one of that day did."""
    judge = Judge(standard, player_lag_s=replay.player_lag_s)
    for begin, end in replay.faults.tolist():
        judge.fault(begin, end)
    track = PoseTrack()
    for known in replay.judged_at.tolist():
        for k in range(len(track), known):
            row = replay.joints[k]
            track.add(float(replay.at_s[k]), Pose(row) if (row[:, 2] > 0).any() else None)
        due_s = judge.due_s()
        if due_s is not None:
            judge.step(track, due_s)
    return judge


def save_replay(path: Path, replay: Replay) -> None:
    """Write a replay, whole or not at all; OSError where it cannot be."""
    words = {name: getattr(replay, name) for name in WORDS if name != "format"}
    told = json.dumps(words | {"format": FORMAT})
    packed = io.BytesIO()
    arrays: dict[str, Any] = {name: getattr(replay, name) for name in ARRAYS}
    np.savez_compressed(packed, told=np.array(told), **arrays)
    write_whole(path, packed.getvalue())


def read_replay(path: Path) -> Replay:
    """Return the replay in a file.

    Raises
    ------
    ReplayError
        Where there is none, or it is damaged or of a newer format.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReplayError(f"{path}: is too large for a replay; give another file")
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as packed:
            told = json.loads(str(packed["told"]))
            arrays = {name: packed[name] for name in ARRAYS}
    except OSError as why:
        raise ReplayError(f"{path}: cannot be read ({why.strerror or 'no replay'})") from None
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, RecursionError):
        raise ReplayError(f"{path}: is no replay, or damaged; give another file") from None
    _check(path, told, arrays)
    return Replay(**arrays, **{name: told[name] for name in WORDS if name != "format"})


def _check(path: Path, told: object, arrays: dict[str, NDArray[Any]]) -> None:
    fits = isinstance(told, dict) and all(
        isinstance(told.get(name), kind) for name, kind in WORDS.items()
    )
    if not fits:
        raise ReplayError(f"{path}: is no replay, or damaged; give another file")
    assert isinstance(told, dict)
    if told["format"] != FORMAT:
        raise ReplayError(
            f"{path}: is a replay of format {told['format']}, this game reads {FORMAT}; "
            "use the version that wrote it"
        )
    for name, (kind, shape) in ARRAYS.items():
        have = arrays[name]
        right = have.dtype == kind and have.ndim == len(shape)
        if not right or any(
            want not in (None, size) for want, size in zip(shape, have.shape, strict=True)
        ):
            raise ReplayError(f"{path}: its {name} are not as they should be; it is damaged")
    rising = (
        len(arrays["at_s"]) == len(arrays["joints"]) and (np.diff(arrays["at_s"]) > 0).all()
    )
    counts = arrays["judged_at"]
    if not rising or (counts < 0).any() or (counts > len(arrays["at_s"])).any():
        raise ReplayError(f"{path}: its poses are not in order; it is damaged")
