"""What a song asks is the same, to the last bit, whether it was worked out just now or kept."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

import numpy as np
import pytest

from kpopdance.engines.checked import checked
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.standards import (
    StandardFacts,
    facts_of,
    standard_from_facts,
)
from tests import dances


def bits(told):
    """All numbers in something, as bytes with their type."""
    if isinstance(told, np.ndarray):
        return told.dtype, told.tobytes()
    if isinstance(told, dict):
        return {name: bits(each) for name, each in told.items()}
    return told


@pytest.mark.parametrize("terms", [Terms(), Terms("pro", "seated")], ids=["usual", "seated"])
def test_what_was_kept_is_what_was_worked_out_to_the_last_bit(terms):
    dance = dances.song(5, moves=4)
    fresh = dances.standard_of(dance, terms=terms)
    kept = checked(json.loads(json.dumps(asdict(facts_of(fresh)))), StandardFacts)
    again = standard_from_facts(dance, terms, kept)
    worked_out = {field.name for field in fields(fresh)} - {
        "dance",
        "terms",
        "floor",
        "windows",
    }
    for name in worked_out:
        assert bits(getattr(again, name)) == bits(getattr(fresh, name)), name
    assert bits(again.floor.limbs) == bits(fresh.floor.limbs)
