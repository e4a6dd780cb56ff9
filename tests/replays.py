"""Replays of a short song, danced well or badly, and what a forger makes of them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import (
    Replay,
    beats_key,
    dance_key,
    judged_again,
    read_replay,
    save_replay,
)
from kpopdance.realtime.library.songpack import SongPack
from tests import dances

DANCE = dances.song(5, bpm=120.0, moves=3)
SONG = SongPack("Short Song", "Nobody", 120.0, (DANCE,), audio=None)


def library(folder: Path) -> Path:
    """A folder with the song, as ``short``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.ogg").write_bytes(b"never decoded here")
    save_pack(replace(SONG, audio=folder / "a.ogg"), folder / "songs" / "short")
    return folder / "songs"


def danced(seed, player="", *, joints=None, **told):
    """A dance of the song in somebody's own way, every pose of it judged at its end."""
    own = dances.noisy(dances.styled(DANCE.joints, seed, 20.0 + 2.0 * seed), seed)
    track = dances.track_of(own if joints is None else joints)
    terms = Terms(told.get("strictness", "normal"), told.get("body", "whole"))
    standard = dances.standard_of(DANCE, terms=terms)
    judged_at = np.full(len(standard.start_s), len(track), dtype=np.int64)
    words = {
        "song": "short", "dance": dance_key(DANCE), "version": "0.1", "network": "painted",
        "score": 0.0, "player": player, "beats": beats_key(SONG),
    } | told  # fmt: skip
    made = Replay(track.at_s.copy(), track.joints.copy(), judged_at, np.empty((0, 2)), **words)
    score = judged_again(made, standard).totals()[0]
    return made if "score" in told else replace(made, score=score)


def edited(path: Path, *, words=None, joints=None):
    """Change a file with its seal left, as who knows its format but not this game does."""
    with np.load(path) as packed:
        arrays = {name: packed[name] for name in packed.files}
    arrays["told"] = np.array(json.dumps(json.loads(str(arrays["told"])) | (words or {})))
    if joints is not None:
        arrays["joints"] = joints
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    path.write_bytes(stream.getvalue())


def resealed(path: Path, **changes):
    """Change a file and seal it anew, as who has this game's source does."""
    save_replay(path, replace(read_replay(path), **changes))
