"""kpopdance random: random play dance, chorus after chorus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kpopdance.engines.files import check_file, check_folder
from kpopdance.realtime.commands.play import unseen, windowed
from kpopdance.realtime.commands.sound import part_of
from kpopdance.realtime.commands.speaking import print_json, say
from kpopdance.realtime.commands.wishes import say_missing, settings_from
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.store import Store, StoreError, store_file
from kpopdance.realtime.party.making import Source, make_medley
from kpopdance.realtime.party.set_list import rows_of, write_list
from kpopdance.realtime.party.wanted import Span, Wanted, any_seed, in_order
from kpopdance.realtime.scoring.standard import untold
from kpopdance.realtime.shell.songs import Songs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.shell.pages import Page


def run(args: argparse.Namespace) -> int:
    """Write the list, or dance it."""
    settings = settings_from(args)
    say_missing(settings)
    wanted = _wanted(args)
    if args.list is not None:
        check_file(args.list)
    if args.replays and settings.replay_folder is not None:
        check_folder(settings.replay_folder)
    if args.list is None and not args.headless:
        return windowed(args, settings, partial(_first_page, wanted))
    song = _made(settings, wanted)
    if args.list is None:
        return unseen(args, settings, song, settings.terms)
    write_list(args.list, song)
    say(f"wrote {args.list}: {len(song.excerpts)} songs, {song.length_s:.0f} s")
    if args.json:
        print_json({"seed": wanted.seed, "songs": rows_of(song)})
    return 0


def _wanted(args: argparse.Namespace) -> Wanted:
    spans = {
        name: Span(*asked)
        for name in ("years", "tempo", "members")
        if (asked := getattr(args, name)) is not None
    }
    seed = args.seed or any_seed()
    return Wanted(seed, args.minutes, args.artist, known=args.known, **spans)


def _made(settings: Settings, wanted: Wanted) -> SongPack:
    """Return what is danced; say which songs are left out and why."""
    songs = Songs(settings.libraries).whole()
    for problem in songs.problems:
        say(f"warning: {problem}")
    names = in_order(songs.packs, wanted, _danced() if wanted.known else ())
    packs = songs.packs
    source = Source(lambda name: load_pack(packs[name].folder), part_of)
    made = make_medley(names, source, wanted, settings.terms, untold)
    for why in made.left_out:
        say(f"warning: left out: {why}")
    say(f"{made.song.title}: {made.song.artist}")
    return made.song


def _danced() -> Collection[str]:
    try:
        return Store(store_file()).remembered().danced
    except StoreError as why:
        say(f"warning: {why}")
        return ()


def _first_page(wanted: Wanted, game: Game) -> Page:
    from kpopdance.realtime.game.listing import SongListPage

    return SongListPage(game).random(wanted)
