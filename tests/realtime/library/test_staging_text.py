"""A song's staging is read as it was written; what is not understood is refused in one sentence."""

from __future__ import annotations

import tomllib

import pytest

from kpopdance.realtime.core.staging import UNSTAGED, Clothes, Staging
from kpopdance.realtime.library.staging_text import MAX_CLOTHES, staging_in, staging_told

ONE = Clothes((1, 2, 3), (4, 5, 6), (7, 8, 9), (250, 0, 1), (0, 0, 0), "buns", "skirt")
LIGHTS = ((255, 45, 150), (0, 1, 2), (146, 84, 255))
LEAST = '{hair = "#000000", top = "#FF0000", legs = "#0000ff"}'


@pytest.mark.parametrize(
    "staging",
    [UNSTAGED, Staging(LIGHTS), Staging((), (ONE,)), Staging(LIGHTS, (ONE,) * MAX_CLOTHES)],
)
def test_a_staging_survives_its_table(staging):
    assert staging_in(staging_told(staging)) == staging


def test_what_is_left_out_has_a_default_and_newer_keys_are_passed_over():
    told = tomllib.loads(f'smoke = true\nclothes = [{LEAST[:-1]}, hat = "#00ff00"}}]')
    red, white = (255, 0, 0), (250, 248, 255)
    assert staging_in(told) == Staging((), (Clothes((0, 0, 0), red, red, (0, 0, 255), white),))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('lights = "#ff2d96"', "staging: lights must be three texts"),
        ('lights = ["#ff2d96", "#ff2d96"]', "staging: lights must be three texts"),
        ('lights = ["#ff2d96", "#ff2d96", "red"]', "staging: lights must be three texts"),
        ("clothes = 7", f"staging: clothes must be tables, one for each who dances, {MAX_CLOTHES}"),
        (f"clothes = [{', '.join([LEAST] * (MAX_CLOTHES + 1))}]", "staging: clothes must be tables"),
        (f'clothes = [{LEAST}, {{hair = "#000000"}}]', "staging.clothes 2: 'top' is missing; add it"),
        (f"clothes = [{LEAST.replace('#000000', '#00000')}]", "clothes 1: hair must be a text like"),
        (f"clothes = [{LEAST[:-1]}, style = 'wig'}}]", "clothes 1: style must be one of short, bob"),
        (f"clothes = [{LEAST[:-1]}, cut = 5}}]", "clothes 1: cut must be one of trousers, wide"),
    ],
)  # fmt: skip
def test_a_staging_that_is_not_understood_is_refused_by_its_key(text, words):
    with pytest.raises(ValueError, match="staging") as refused:
        staging_in(tomllib.loads(text))
    assert words in str(refused.value)
    assert str(refused.value).count("\n") == 0
