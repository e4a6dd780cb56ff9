"""What a file tells, checked against a dataclass: the sentence names the key and what it must be."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

from msgspec import ValidationError, convert

Kind = TypeVar("Kind")


def checked(told: object, kind: type[Kind]) -> Kind:
    """Return what a file tells as a dataclass; its own checks follow in ``__post_init__``.

    A field's type may carry bounds, ``Annotated[float, Meta(ge=30, description="30 or more")]``.

    Raises
    ------
    ValueError
        Where a key is unknown or missing, or a value is not what the field says.
    """
    hints = get_type_hints(kind, include_extras=True)
    if not isinstance(told, dict):
        raise ValueError("holds no keys; restore it")
    if unknown := sorted(told.keys() - hints):
        raise ValueError(f"{unknown[0]!r} is unknown; remove it, known: {', '.join(hints)}")
    for field in fields(kind):  # type: ignore[arg-type]  # a dataclass; typing has no name for it
        if field.name not in told and field.default is MISSING:
            raise ValueError(f"{field.name!r} is missing; add it")
    return kind(**{key: _value(key, value, hints[key]) for key, value in told.items()})


def _value(key: str, value: object, hint: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    try:
        return convert(value, hint)
    except ValidationError:
        described = getattr(hint, "__metadata__", None)
        wish = described[0].description if described else hint.__name__
        raise ValueError(f"{key} must be {wish}, got {value!r:.80}; correct it") from None
