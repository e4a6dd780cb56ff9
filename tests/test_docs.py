"""The pages tell the truth about what they name."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from kpopdance.realtime.__main__ import parser

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
ROOMS = "engines|realtime|tools|tests|docs|door|songs|\\.ci"
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
NAMED_PATH = re.compile(rf"(?<![\w./-])((?:{ROOMS})/[\w./-]*)")
BESIDE = re.compile(rf"((?:{ROOMS})/[\w./-]*?)[\w-]+\.py((?:, [\w-]+\.py)+)(?![\w/])")
MODULE = re.compile(r"python -m ((?:tools|kpopdance)[\w.]*)")
COMMAND = re.compile(r"(?:^|[\s`/\\])kpopdance ([a-z][a-z-]+)", re.MULTILINE)
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
TARGET = re.compile(r"^make ([a-z]+)\b", re.MULTILINE)


def paths_in(text):
    """Return the paths that a page names; ``a/b.py, c.py`` names ``a/c.py`` too."""
    beside = {
        folder + name
        for folder, names in BESIDE.findall(text)
        for name in re.findall(r"[\w-]+\.py", names)
    }
    return {path.rstrip(".") for path in NAMED_PATH.findall(text)} | beside


def missing_in(page):
    """Return what a page names and nobody finds."""
    text = page.read_text(encoding="utf-8")
    gone = {path for path in paths_in(text) if not (ROOT / path).exists()}
    gone |= {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    gone |= {name for name in MODULE.findall(text) if find_spec(name) is None}
    return gone | _unknown_words(text)


def _unknown_words(text):
    """Return the commands and targets named in code that there are none of."""
    code = "\n".join("".join(found) for found in CODE.findall(text))
    commands = next(iter(parser()._subparsers._group_actions)).choices
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return (set(COMMAND.findall(code)) - set(commands)) | (
        set(TARGET.findall(code)) - set(targets)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_whatever_a_page_names_is_there(page):
    assert missing_in(page) == set()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`realtime/core/nothing.py`", {"realtime/core/nothing.py"}),
        ("realtime/core/types.py, nothing.py", {"realtime/core/nothing.py"}),
        ("[a page](nowhere.md)", {"nowhere.md"}),
        ("`python -m tools.bench.nothing`", {"tools.bench.nothing"}),
        ("`kpopdance sing`", {"sing"}),
        ("```\nmake coffee\n```", {"coffee"}),
        ("```\nkpopdance play\nmake test\n``` realtime/core/types.py, body.py `make demo`", set()),
    ],
)  # fmt: skip
def test_what_is_not_there_is_found_missing(tmp_path, text, missing):
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    assert missing_in(page) == missing


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_a_player_reads_one_page(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 110
    assert {"make demo", "make test"} <= set(re.findall(r"^make \w+", text, re.MULTILINE))


def test_both_languages_name_the_same():
    english, korean = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")
    )
    told = [
        set(LINK.findall(text)) - {"README.md", "README.ko.md"} for text in (english, korean)
    ]
    assert told[0] == told[1]
    assert english.count("\n|") == korean.count("\n|")
    assert english.count("\n## ") == korean.count("\n## ")
