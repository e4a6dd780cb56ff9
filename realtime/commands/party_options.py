"""What can be typed of dancing together: light, as ``realtime/commands/options.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.commands.command_line import a_number, a_span, a_target
from kpopdance.realtime.commands.option_groups import (
    asked_options,
    dance_options,
    network_options,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.commands.option_groups import Commands


def _random(commands: Commands) -> None:
    parser = commands.add_parser(
        "random", help="random play dance: chorus after chorus out of your songs",
        description="Dance chorus after chorus out of the library, with three, two, one between and no "
        "menu. The same seed and the same songs give the same list.",
    )  # fmt: skip
    parser.add_argument("--seed", default="", metavar="WORD", help="the list of this word")
    parser.add_argument(
        "--minutes", type=a_number, default=5.0, help="how long, up to 20 (default 5)"
    )
    parser.add_argument(
        "--artist", default="", metavar="NAME", help="only songs of this artist, or a part of the name"
    )  # fmt: skip
    parser.add_argument("--years", type=a_span, metavar="SPAN", help="e.g. 2016-2020, 2020-")
    parser.add_argument(
        "--tempo", type=a_span, metavar="SPAN", help="beats a minute, e.g. 90-120"
    )
    parser.add_argument("--members", type=a_span, metavar="SPAN", help="their number, e.g. 4-7")
    parser.add_argument("--known", action="store_true", help="only songs you have danced")
    parser.add_argument(
        "--list", type=a_target, metavar="FILE",
        help="write the list (.txt, .csv, .m3u) instead of dancing it",
    )  # fmt: skip
    dance_options(parser, headless="no window")
    asked_options(parser)
    network_options(parser)
    parser.set_defaults(command="random")


PARTY_COMMANDS: Final[tuple[Callable[[Commands], None], ...]] = (_random,)
