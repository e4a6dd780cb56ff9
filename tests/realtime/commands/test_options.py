"""What can be typed says what the files behind it say, without loading them."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import get_args

import pytest

from kpopdance.engines import choose, names
from kpopdance.realtime.commands import options
from kpopdance.realtime.devices.overlay import Over
from kpopdance.realtime.quiz.rules import MOST_PLAYERS
from kpopdance.realtime.studio.mask_film import GIF_FPS

COMMANDS = next(iter(options.parser()._subparsers._group_actions)).choices


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_file_that_runs_it(name):
    file = COMMANDS[name].get_default("command")
    assert file == (f"{name}_song" if iskeyword(name) else name.replace("-", "_"))
    assert callable(import_module(f"kpopdance.realtime.commands.{file}").run)


def test_words_and_bounds_are_those_of_the_files_behind():
    assert get_args(Over) == options.OVER
    assert tuple(choose.RUNTIMES) == names.RUNTIMES
    told = {name: " ".join(command.format_help().split()) for name, command in COMMANDS.items()}
    assert f"a GIF (default {GIF_FPS:g};" in told["mask"]
    assert f"up to {MOST_PLAYERS}, with buzzers" in told["quiz"]
