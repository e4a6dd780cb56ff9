"""The table ``staging`` of a song.toml: how a song is lit, and what its members wear.

``lights`` are three colours; ``clothes`` a table for each member, in their order: ``hair``, ``top``,
``sleeves`` (left out: as the top), ``legs`` and ``shoes`` (white) in colours, how the hair is worn
(``style``) and how what covers the legs is cut (``cut``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from msgspec import Meta

from kpopdance.engines.checked import checked, parted
from kpopdance.realtime.core.staging import Clothes, Cut, Hair, Staging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpopdance.realtime.core.staging import Colour

MAX_CLOTHES: Final = 100
WHITE: Final = "#faf8ff"
HEX: Final = r"^#[0-9a-fA-F]{6}\Z"
_Colour = Annotated[str, Meta(pattern=HEX, description='a text like "#ff2d96"')]
_Lights = Annotated[
    tuple[_Colour, _Colour, _Colour] | None, Meta(description='three texts like "#ff2d96"')
]
_Tables = Annotated[
    tuple[dict[str, Any], ...],
    Meta(
        max_length=MAX_CLOTHES,
        description=f"tables, one for each who dances, {MAX_CLOTHES} at most",
    ),
]


@dataclass(frozen=True, slots=True)
class _Staging:
    lights: _Lights = None
    clothes: _Tables = ()


@dataclass(frozen=True, slots=True)
class _Clothes:
    hair: _Colour
    top: _Colour
    legs: _Colour
    sleeves: _Colour = ""
    shoes: _Colour = WHITE
    style: Annotated[Hair, Meta(description=f"one of {', '.join(get_args(Hair))}")] = "bob"
    cut: Annotated[Cut, Meta(description=f"one of {', '.join(get_args(Cut))}")] = "trousers"


def staging_in(told: Mapping[str, Any]) -> Staging:
    """Return the staging that a song.toml tells, or a page of its own.

    Raises
    ------
    ValueError
        Where it is not understood; one sentence that names the key.
    """
    table = _within("staging", dict(told), _Staging)
    clothes = tuple(
        _clothes(_within(f"staging.clothes {number}", one, _Clothes))
        for number, one in enumerate(table.clothes, 1)
    )
    return Staging(tuple(map(rgb, table.lights or ())), clothes)


def staging_told(staging: Staging) -> dict[str, Any]:
    """Return a staging as a song.toml tells it; nothing where there is none."""
    table = {"lights": [hex_of(light) for light in staging.lights]}
    clothes = [
        {
            key: value if isinstance(value, str) else hex_of(value)
            for key, value in asdict(one).items()
        }
        for one in staging.clothes
    ]
    return {key: value for key, value in (table | {"clothes": clothes}).items() if value}


def rgb(text: str) -> Colour:
    """Return #rrggbb as red, green and blue."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hex_of(colour: Colour) -> str:
    """Return red, green and blue as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _within(place: str, told: dict[str, Any], kind: type[Any]) -> Any:  # noqa: ANN401 - either table
    """Return a table checked, keys of newer games left out."""
    try:
        return checked(parted(told, kind)[0], kind)
    except ValueError as why:
        raise ValueError(f"{place}: {why}") from None


def _clothes(told: _Clothes) -> Clothes:
    return Clothes(
        rgb(told.hair), rgb(told.top), rgb(told.sleeves or told.top), rgb(told.legs),
        rgb(told.shoes), told.style, told.cut,
    )  # fmt: skip
