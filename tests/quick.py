"""Which of many cases of a kind ``make test`` tries; ``make long`` tries the others."""

from __future__ import annotations

import pytest


def but_quick(cases, quick):
    """Mark as long what is not among the quick ones; a case is a tuple of the test's values."""
    return [
        pytest.param(*case, marks=() if case in quick else pytest.mark.long) for case in cases
    ]
