"""Chords by their names, and how one leads to the next: Am7, F#m7b5, D/F#.

Notes are MIDI numbers; 0 is a C among the twelve tones of an octave.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

TONES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS: Final = {"": 0, "#": 1, "b": -1}
KINDS: Final = {
    "": (0, 4, 7), "m": (0, 3, 7), "5": (0, 7), "sus2": (0, 2, 7), "sus4": (0, 5, 7), "aug": (0, 4, 8),
    "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11), "mmaj7": (0, 3, 7, 11), "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9),
    "7sus4": (0, 5, 7, 10), "add9": (0, 4, 7, 2), "madd9": (0, 3, 7, 2), "69": (0, 4, 9, 2),
    "9": (0, 4, 10, 2), "m9": (0, 3, 10, 2), "maj9": (0, 4, 11, 2), "9sus4": (0, 5, 10, 2),
    "m11": (0, 3, 10, 5), "13": (0, 4, 10, 9), "7b9": (0, 4, 10, 1), "7#9": (0, 4, 10, 3),
}  # fmt: skip
"""Semitones above the root; of five tones the fifth is left out, as players do."""
NAME: Final = re.compile(r"([A-G])([#b]?)([^/]*)(?:/([A-G])([#b]?))?")
VOICES: Final = 4
MIDDLE: Final = 63.0
PULL: Final = 0.3
"""How much a semitone away from the middle costs, beside one that a voice moves."""
LOWEST_BASS: Final = 28


class Chord(NamedTuple):
    """The bass's tone, and the tones above it, 0..11, the root first."""

    bass: int
    tones: tuple[int, ...]


def chord_of(name: str, higher: int = 0) -> Chord:
    """Return a chord by its name, so many semitones higher.

    Raises
    ------
    ValueError
        Where it has no such name.
    """
    found = NAME.fullmatch(name)
    if found is None or found[3] not in KINDS:
        raise ValueError(f"no chord is called {name!r}")
    root = TONES[found[1]] + SIGNS[found[2]] + higher
    bass = TONES[found[4]] + SIGNS[found[5]] + higher if found[4] else root
    return Chord(bass % 12, tuple((root + above) % 12 for above in KINDS[found[3]]))


def bass_note(tone: int) -> int:
    """Return the bass's note for a tone: E1 to D sharp 2."""
    return LOWEST_BASS + (tone - LOWEST_BASS) % 12


def voiced(chord: Chord, before: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Return a chord's four notes, rising, of which those of the one before move least."""

    def cost(notes: tuple[int, ...]) -> float:
        moved = sum(abs(a - b) for a, b in zip(notes, before, strict=False))
        return moved + PULL * abs(sum(notes) - VOICES * MIDDLE)

    return min(map(tuple, _inversions(chord.tones)), key=cost)


def _inversions(tones: tuple[int, ...]) -> list[list[int]]:
    """Return the close ways to lay tones over each other, from C3 on; fewer are doubled above."""
    ways = []
    for lowest in range(48, 72):
        if lowest % 12 in tones:
            notes = sorted(lowest + (tone - lowest) % 12 for tone in tones)
            ways.append((notes + [note + 12 for note in notes])[:VOICES])
    return ways
