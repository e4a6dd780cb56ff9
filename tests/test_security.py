"""docs/security.md gives the bounds that the code has."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs/security.md").read_text(encoding="utf-8")
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "MB": 10**6}
BOUND = re.compile(r"([\d,]+)(?: (KiB|MiB|MB))?[^(|;,\d]*\(`(?:(\w+)\.)?([A-Z_]+)`\)")
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
ELSEWHERE = {
    "MAX_LAYERS": "engines.weights.caffe_network", "MAX_PICKLE_BYTES": "engines.weights.plain_pickle",
    "MAX_STEPS": "engines.weights.plain_pickle",
}  # fmt: skip
"""Bounds of files that a row does not name."""


def bounds():
    """What the page says: the modules of its row, the constant, and its value."""
    for row in ROW.findall(PAGE):
        modules = [path[:-3].replace("/", ".") for path in re.findall(r"`([\w/]+\.py)`", row)]
        for number, unit, module, name in BOUND.findall(row):
            value = int(number.replace(",", "")) * UNITS.get(unit, 1)
            of = [m for m in modules if m.endswith(module)] + [ELSEWHERE.get(name)]
            yield pytest.param([m for m in of if m], name, value, id=name)


@pytest.mark.parametrize(("modules", "name", "value"), [*bounds()])
def test_a_bound_is_as_the_page_says(modules, name, value):
    found = [getattr(import_module(f"kpopdance.{module}"), name, None) for module in modules]
    assert value in found


def test_every_constant_of_the_page_is_checked():
    named = set(re.findall(r"`(?:\w+\.)?((?:MOST|MAX|LONGEST)_\w+)`", PAGE))
    assert {bound.id for bound in bounds()} == named
    assert len(named) > 15
