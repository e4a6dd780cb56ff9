"""The library's face: what it shows is there, documented by examples that run, and loads late."""

from __future__ import annotations

import ast
import doctest
import inspect
import subprocess
import sys
from functools import lru_cache

import pytest

import kpopdance
from kpopdance.engines.choose import open_eyes
from kpopdance.engines.names import AUTO
from tests.quick import but_quick

VERBS = [name for name in kpopdance.__all__ if inspect.isfunction(getattr(kpopdance, name))] + [
    "DanceLibrary",
    "MaskWish",
]
SHOWN = {name: getattr(kpopdance, name) for name in VERBS}


@lru_cache(maxsize=2)
def opened(network: str = AUTO):
    """Open networks once for all examples that want the same."""
    return open_eyes(network=network)


def test_what_is_told_to_type_checkers_is_what_is_loaded():
    tree = ast.parse(inspect.getsource(kpopdance))
    told = {
        alias.name: node.module
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(told) == sorted(kpopdance.__all__)
    assert {name: f"kpopdance.{room}" for name, room in kpopdance._WHERE.items()} == told
    assert set(kpopdance.__all__) <= set(dir(kpopdance))


def test_a_name_that_is_not_there_says_so():
    with pytest.raises(AttributeError, match="'kpopdance' has no attribute 'dance'"):
        kpopdance.dance  # noqa: B018


@pytest.mark.parametrize("name", kpopdance.__all__)
def test_every_name_is_documented(name):
    shown = getattr(kpopdance, name)
    first = inspect.getdoc(shown).splitlines()[0]
    assert first.endswith(".")
    assert not first.startswith(f"{name}("), "the docstring is the dataclass's own"


TAKE_LONG = {"reference_from_video", "score_video", "mask_video", "draw_skeletons"}
"""Examples of two long films; ``track_from_video`` and others show the same networks quickly."""


@pytest.mark.parametrize(
    "name", but_quick(zip(VERBS, strict=True), {(name,) for name in {*VERBS} - TAKE_LONG})
)
def test_its_example_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if name != "open_eyes":
        monkeypatch.setattr(kpopdance, "open_eyes", opened, raising=False)
    shown = SHOWN[name]
    [example] = doctest.DocTestFinder(recurse=False).find(shown, name, globs={})
    assert example.examples, "no example"
    told: list[str] = []
    ran = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
        example, out=told.append
    )
    assert ran.failed == 0, "".join(told)


def test_nothing_is_loaded_before_it_is_asked_for():
    code = "import kpopdance, sys; print(*[m for m in sys.modules if m.startswith('kpop')])"
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == ["kpopdance"]
