"""What the game says names only what an installed game holds."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
OF_THE_CHECKOUT = re.compile(rf"\btools[./]\w|\bmake ({'|'.join(TARGETS)})\b|\bREADME\b")
SOURCES = [
    path for room in ("door", "engines", "realtime") for path in ROOT.glob(f"{room}/**/*.py")
]


def texts(source):
    """Every string a program can print: all but those that stand alone, which are docstrings."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    ]  # fmt: skip


def test_no_message_names_what_only_the_checkout_holds():
    assert len(SOURCES) > 100
    said = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in SOURCES
        for text in texts(path.read_text(encoding="utf-8"))
        if OF_THE_CHECKOUT.search(text)
    }
    assert said == set()


def test_no_command_prints_a_docstring():
    for path in SOURCES:
        assert "__doc__" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Made by python -m tools.demo.x."""', False),
        ('def f():\n    """See tools/weights."""', False),
        ('raise E("run python -m tools.weights.x")', True),
        ('raise E(f"{path}: see tools/x.py")', True),
        ('LIMIT = "or make " "demo HEADLESS=1"', True),
        ('HELP = "make one: kpopdance mask; your tools. The README"', True),
        ('HELP = "make some: kpopdance mask; your tools."', False),
    ],
)
def test_the_search_finds_what_it_should(source, found):
    assert any(OF_THE_CHECKOUT.search(text) for text in texts(source)) == found
