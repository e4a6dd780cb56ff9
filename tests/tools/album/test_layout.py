"""Layouts of songs: the album's own, and what a page may say."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from tools.album.layout import PageError, layout_of, songs

PAGE = {"title": "A Song", "title_ko": "노래", "bpm": 120}


@pytest.mark.parametrize("song", songs())
def test_a_songs_bars_and_parts_fit_together(song):
    layout = layout_of(song)
    assert 60 < layout.end_s < 110
    assert layout.parts[0].name == "intro"
    assert [part.name for part in layout.parts].count("chorus") >= 2
    assert len(layout.bars_s) == layout.bars == sum(part.bars for part in layout.parts)
    assert_allclose([layout.bars_s[part.first_bar] for part in layout.parts],
                    [part.start_s for part in layout.parts])  # fmt: skip


def test_a_tempo_changes_with_a_part():
    layout = layout_of("a-song", PAGE | {"form": "intro 2\nchorus 4 bpm 60 up 3\noutro 1"})
    assert_allclose(layout.bars_s, [0, 2, 4, 8, 12, 16, 20])
    assert_allclose([layout.second_of(2.25), layout.end_s], [5, 24])
    assert [part.higher for part in layout.parts] == [0, 3, 0]
    assert layout.sections == (("intro", 0.0), ("chorus", 4.0), ("outro", 20.0))


@pytest.mark.parametrize("form", ["intro", "intro four", "intro 4 slower 3", "intro 4 bpm"])
def test_a_form_that_is_not_understood_is_named(form):
    with pytest.raises(PageError, match=rf'a-song.music.toml: the form\'s "{form}"'):
        layout_of("a-song", PAGE | {"form": f"verse 4\n{form}"})


def test_what_a_page_lacks_is_told():
    with pytest.raises(PageError, match="lacks form, title"):
        layout_of("a-song", {"title_ko": "노래", "bpm": 120})
    with pytest.raises(PageError, match=r"no-song\.music\.toml: is missing; write it"):
        layout_of("no-song")
