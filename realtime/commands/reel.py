"""kpopdance reel: a kept dance as a film to show."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_file
from kpopdance.realtime.commands.replays import judged_replay
from kpopdance.realtime.commands.sound import samples_of
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.core.reel_wish import ReelWish

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.commands.replays import JudgedReplay
    from kpopdance.realtime.dance.footage import Footage
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack

MOST_BESIDE: Final = 5
BYTES: Final = 5_000_000  # of a reel, at least
ENDING, CARD_ENDING = ".mp4", ".png"


def run(args: argparse.Namespace) -> int:
    """Write the film, or the card."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    from kpopdance.realtime.dance.footage import reel_name
    from kpopdance.realtime.dance.reel import write_card, write_reel

    settings = settings_from(args)
    _check_ending(args.out, CARD_ENDING if args.card else ENDING)
    if len(args.beside) > MOST_BESIDE:
        raise DanceError(f"--beside takes {MOST_BESIDE} dances at most")
    footage = _footage(judged_replay(args.replay, args.song, settings))
    others = tuple(_other(path, footage, settings) for path in args.beside)
    footage = replace(
        footage, player=args.player or (footage.player if others else ""), others=others
    )
    wish = ReelWish(args.shape, "skeleton", settings.coach, settings.mirror)
    out = args.out or Path(f"{reel_name(footage)}{CARD_ENDING if args.card else ENDING}")
    check_file(out, inputs=[args.replay, *args.beside], needs_bytes=BYTES)
    if args.card:
        write_card(footage, wish, out)
    else:
        with _bar() as told:
            write_reel(footage, wish, out, _sound_of, told)
    facts = {"file": str(out), "size": list(wish.size), "bytes": out.stat().st_size}
    if args.json:
        print_json(facts | {"score": round(footage.report.score, 1)})
    else:
        width, height = wish.size
        print_result(f"wrote {out}: {width} x {height}, {out.stat().st_size / 1e6:.1f} MB")
    return 0


def _footage(kept: JudgedReplay) -> Footage:
    from kpopdance.realtime.dance.footage import Footage

    replay = kept.replay
    return Footage(
        kept.song, kept.danced, kept.report, replay.at_s, replay.joints, replay.player_lag_s,
        terms=replay.terms, player=replay.player,
    )  # fmt: skip


def _other(path: Path, beside: Footage, settings: Settings) -> Footage:
    """Return another player's kept dance of the same song."""
    kept = judged_replay(path, str(beside.song.folder), settings)
    if kept.replay.terms.mirrored != beside.terms.mirrored:
        raise DanceError(
            f"{path}: one of the dances is mirrored and the other is not; they are not one clip"
        )
    return _footage(kept)


def _check_ending(out: Path | None, ending: str) -> None:
    if out is not None and out.suffix.lower() != ending:
        raise DanceError(f"{out}: cannot write that; let it end in {ending}")


def _sound_of(song: SongPack) -> tuple[NDArray[np.float32], int]:
    if song.excerpts:
        raise DanceError("a random play dance has no sound of its own; write its card (--card)")
    if song.audio is None:
        raise DanceError(f"{song.folder}: has no audio to dance to")
    return samples_of(song.audio)


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """Show how much is written, 0..1."""
    from tqdm import tqdm

    bar = tqdm(
        total=1.0, desc="drawing", file=sys.stderr, leave=False,
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {remaining} left",
    )  # fmt: skip
    with bar:
        yield lambda share: bar.update(share - bar.n) and None
