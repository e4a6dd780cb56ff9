"""``docs/library.md`` tells the truth: its code runs, and its pictures are what that code writes."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

import kpopdance

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "library.md").read_text(encoding="utf-8")
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
PICTURES = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGE)
MOST_BYTES = 150_000
pytestmark = pytest.mark.long  # half a minute: it runs the whole page
LIKE = 12.0  # mean difference of two pictures, of 255: another font, another second's noise


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder in which the page's code has run from top to bottom."""
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("page")
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for number, code in enumerate(CODE):
            exec(compile(code, f"docs/library.md, block {number + 1}", "exec"), names)
    return folder


def test_five_are_shown():
    assert len(PICTURES) == 5


@pytest.mark.parametrize("name", PICTURES)
def test_its_picture_is_what_its_code_writes(written, name):
    assert (DOCS / name).stat().st_size < MOST_BYTES
    kept, made = (cv2.imread(str(folder / name)) for folder in (DOCS, written))
    assert kept.shape == made.shape
    assert np.abs(kept.astype(int) - made.astype(int)).mean() < LIKE


def test_the_songs_saved_can_be_loaded(written):
    assert kpopdance.load_pack(written / "faster-steps").bpm == 126
