"""kpopdance report: how a player gets on, as a page for a browser; all that is kept; and its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_file, refusing, write_beside
from kpopdance.realtime.commands.speaking import print_json, say
from kpopdance.realtime.core.progress import moment_of
from kpopdance.realtime.devices.host_clock import local_now
from kpopdance.realtime.library.history import history_of
from kpopdance.realtime.library.players import (
    file_name_of,
    held_of,
    named,
    player_of,
    remove_player,
)
from kpopdance.realtime.library.store import Store, store_file
from kpopdance.realtime.studio.history_page import page_of, told

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Write the page and say where, or print everything; then remove it, if that is asked for."""
    store = Store(store_file())
    if args.remove and args.player is None:
        raise DanceError("--remove needs --player NAME: say whose dances go")
    player = player_of(store) if args.player is None else named(store, args.player)
    theirs = store.of(player.id)
    out: Path | None = args.out
    if out is not None or not args.json:
        out = out or Path(f"kpopdance-{file_name_of(player)}.html")
        check_file(out, inputs=[store.path])
        page = page_of(player, history_of(theirs), moment_of(local_now()).day)
        with refusing(out):
            write_beside(out, page)
        say(f"wrote {out}: open it in a browser")
    if args.json:
        print_json(told(theirs))
    if args.remove:
        held = ", ".join(f"{count} {what}" for what, count in held_of(store, player.id).items())
        remove_player(store, player.id)
        say(f"removed {player.name}, with {held or 'nothing that was kept'}")
    return 0
