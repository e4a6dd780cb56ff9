"""What commands say: results on standard output, sentences on standard error."""

from __future__ import annotations

import json
import sys

from kpopdance.engines.texts import harmless, harmless_json


def say(text: str) -> None:
    """Print a sentence for the person at the keyboard: on standard error."""
    print(harmless(text), file=sys.stderr, flush=True)  # noqa: T201 - commands speak


def print_json(value: object) -> None:
    """Print one JSON object on standard output."""
    print(harmless_json(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)))  # noqa: T201


def print_result(text: str) -> None:
    """Print a result on standard output."""
    print(harmless(text))  # noqa: T201
