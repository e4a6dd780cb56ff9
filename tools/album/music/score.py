"""What is played when: a page of music read into notes.

Behind its head (see ``tools.album.layout``; ``key``, ``swing`` and ``seed`` too) a page has a table for
each part; ``[chorus.2]`` says what is other in the second chorus. In it every instrument has a line:
bars with ``|`` between them, ``*3`` behind one that is played three times, all again until the part is
full. A bar has sixteen steps:

- drums and chords: ``X`` loud, ``x``, ``o`` soft, ``-`` held on, ``.`` silent;
- basses: ``R`` root, ``o`` its octave, ``/`` slides there, ``5`` fifth, ``n`` leads to the next chord;
- arpeggios: ``1`` to ``8``, the chord's notes upwards;
- tunes: degrees of the key with their steps, ``5:2 6 1':3 .:4 -:2`` (``'`` an octave up, ``,`` down,
  ``#`` ``b``, ``~`` slides there, ``.`` silent, ``-`` goes on; without steps, as many as before).

``chords`` are named (Am7, D/F#; several share a bar), ``level`` is how much louder all play, dB,
``enters`` what strikes on the part's first beat (crash, boom, hey), ``leaves`` what leads out of it and
for how many bars (riser 2, swell 1, fall 0.5, gap 0.25: silence).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tools.album.layout import MUSIC, PageError
from tools.album.music.chords import SIGNS, TONES, bass_note, chord_of, voiced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.album.layout import Layout, Part

STEPS: Final = 16
LOUD: Final = {"X": 1.0, "x": 0.72, "o": 0.38}
BASS: Final = {"R": 0, "o": 12, "5": 7, "/": 12}
SCALES: Final = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
TUNED: Final = re.compile(r"(~?)([1-7.-])([#b]?)([',]*)(?::(\d+))?")
TIMES: Final = re.compile(r"\*(\d+)$")
LOWEST_TONIC: Final = 55
VOWELS: Final = "aoeaiou"
HUMAN_S: Final = 0.004
HUMAN_LOUD: Final = 0.07
NOT_PLAYED: Final = ("chords", "enters", "leaves", "level")


class Note(NamedTuple):
    """One sound: from a song second, for so long; ``pitch`` a MIDI number, 0 where there is none.

    ``loud`` 0..1; ``slid_from`` is the pitch that it slides from, else its own; ``vowel`` what is sung.
    """

    at_s: float
    length_s: float
    pitch: int
    loud: float
    slid_from: int
    vowel: str = "a"


class Harmony(NamedTuple):
    """A chord from a step of a part to before another; ``notes`` are its four voices."""

    first: int
    until: int
    bass: int
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A song's notes by instrument; from second to second in ``gaps_s`` everything is silent."""

    layout: Layout
    notes: Mapping[str, tuple[Note, ...]]
    page: Mapping[str, Any]
    gaps_s: tuple[tuple[float, float], ...]

    @property
    def kicks_s(self) -> tuple[float, ...]:
        """Song seconds at which deep drums push the others down."""
        return tuple(
            n.at_s for name, line in self.notes.items() if "kick" in name for n in line
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads lines of one part; errors name page, part and instrument."""

    layout: Layout
    part: Part
    page: Mapping[str, Any]
    table: Mapping[str, Any]

    def second_of(self, step: float) -> float:
        """Return the song second of a part's step, swung."""
        return self.layout.second_of(self.part.first_bar + _swung(step, self.page) / STEPS)

    def wrong(self, what: str, why: str) -> PageError:
        """Return the error that says what cannot be played."""
        return PageError(f"{self.layout.song}{MUSIC}: [{self.part.name}] {what}: {why}")


def score_of(layout: Layout, page: Mapping[str, Any], kinds: Mapping[str, str]) -> Score:
    """Return what is played in a song.

    Parameters
    ----------
    layout, page
        The song's.
    kinds
        How each instrument's lines are read: drum, chords, arpeggio, bass or tune.

    Raises
    ------
    PageError
        Where a line is not understood.
    """
    rng = np.random.default_rng(page["seed"])
    readers = tuple(_readers(layout, page))
    notes: dict[str, list[Note]] = {}
    voices: tuple[int, ...] = ()
    for reader in readers:
        harmony = _harmony(reader, voices)
        voices = harmony[-1].notes
        level = 10 ** (reader.table.get("level", 0.0) / 20)
        for name, line in reader.table.items():
            if isinstance(line, dict) or name in NOT_PLAYED:
                continue
            if name not in kinds:
                raise reader.wrong(name, f"is no instrument; choose of {', '.join(kinds)}")
            read = READERS[kinds[name]](reader, name, line, harmony)
            notes.setdefault(name, []).extend(_played(read, rng, level, layout))
        for name, note in _transitions(reader):
            notes.setdefault(name, []).append(note)
    gaps_s = tuple(gap for reader in readers for gap in _gaps_s(reader))
    return Score(
        layout, {name: tuple(sorted(line)) for name, line in notes.items()}, page, gaps_s
    )


def _readers(layout: Layout, page: Mapping[str, Any]) -> Iterator[_Reader]:
    """Yield each part with its lines; what is other when it comes again takes their place."""
    seen: list[str] = []
    for part in layout.parts:
        seen.append(part.name)
        table = page.get(part.name, {})
        yield _Reader(layout, part, page, table | table.get(str(seen.count(part.name)), {}))


def _transitions(reader: _Reader) -> Iterator[tuple[str, Note]]:
    """Yield what is heard as a part ``enters``: and before it is over, as it ``leaves``."""
    begin_s, until_s = reader.second_of(0), reader.second_of(STEPS * reader.part.bars)
    for name in reader.table.get("enters", "").split():
        yield name, Note(begin_s, until_s - begin_s, 0, 1.0, 0)
    for name, bars in _leaving(reader):
        if name != "gap":
            from_s = reader.second_of(STEPS * (reader.part.bars - bars))
            yield name, Note(from_s, until_s - from_s, 0, 1.0, 0)


def _gaps_s(reader: _Reader) -> Iterator[tuple[float, float]]:
    for name, bars in _leaving(reader):
        if name == "gap":
            last = STEPS * reader.part.bars
            yield reader.second_of(last - STEPS * bars), reader.second_of(last)


def _leaving(reader: _Reader) -> Iterator[tuple[str, float]]:
    words = reader.table.get("leaves", "").split()
    for name, bars in zip(words[::2], words[1::2], strict=True):
        yield name, float(bars)


def _played(
    notes: Iterator[Note], rng: np.random.Generator, level: float, layout: Layout
) -> Iterator[Note]:
    """Yield notes as somebody would play them: chords at once, and in the last bar they ring."""
    last_s = layout.second_of(layout.bars - 1)
    before_s, late_s = -1.0, 0.0
    for note in notes:
        if note.at_s != before_s and note.pitch:
            before_s, late_s = note.at_s, HUMAN_S * float(rng.standard_normal())
        loud = level * note.loud * (1 + HUMAN_LOUD * float(rng.standard_normal()))
        length_s = layout.end_s - note.at_s if note.at_s > last_s - 0.01 else note.length_s
        yield note._replace(at_s=max(note.at_s + late_s, 0.0), loud=loud, length_s=length_s)


def _swung(step: float, page: Mapping[str, Any]) -> float:
    """Return where a step sounds: ``swing`` is the per cent of a pair that its first half takes."""
    pair = STEPS // page.get("swing_of", STEPS) * 2
    whole, rest = divmod(step, pair)
    share, half = page.get("swing", 50) / 100, rest / pair
    bent = 2 * half * share if half < 0.5 else share + (2 * half - 1) * (1 - share)
    return float(pair * (whole + bent))


def _bars(reader: _Reader, what: str, line: str) -> list[str]:
    """Return the text of each bar of a part."""
    bars: list[str] = []
    for text in line.split("|"):
        bar = text.strip()
        times = TIMES.search(bar)
        bars += [bar[: times.start()].strip() if times else bar] * (
            int(times[1]) if times else 1
        )
    if reader.part.bars % len(bars) and len(bars) < reader.part.bars:
        raise reader.wrong(
            what, f"{len(bars)} bars do not fill {reader.part.bars}; write as many"
        )
    return [bars[k % len(bars)] for k in range(reader.part.bars)]


def _harmony(reader: _Reader, voices: tuple[int, ...]) -> list[Harmony]:
    """Return a part's chords, each led from the one before."""
    found: list[Harmony] = []
    for bar, text in enumerate(_bars(reader, "chords", reader.table["chords"])):
        names = text.split()
        for k, name in enumerate(names):
            try:
                chord = chord_of(name, reader.part.higher)
            except ValueError as why:
                raise reader.wrong("chords", f"{why}; correct it") from None
            voices = voiced(chord, voices)
            first, until = (STEPS * bar + STEPS * n // len(names) for n in (k, k + 1))
            found.append(Harmony(first, until, bass_note(chord.bass), voices))
    return found


def _struck(
    reader: _Reader, what: str, line: str, letters: str
) -> Iterator[tuple[int, int, str]]:
    """Yield step, steps and letter of what a line of sixteen letters a bar strikes."""
    whole = ""
    for bar in _bars(reader, what, line):
        text = bar.replace(" ", "")
        if len(text) != STEPS or set(text) - set(letters + "-."):
            raise reader.wrong(what, f'"{bar}" is no bar; write 16 of {letters}-.')
        whole += text
    last = reader.part.first_bar + reader.part.bars == reader.layout.bars
    for step, letter in enumerate(whole):
        if letter in letters and not (last and step > len(whole) - STEPS):
            held = len(whole[step + 1 :]) - len(whole[step + 1 :].lstrip("-"))
            yield step, 1 + held, letter


def _drum(reader: _Reader, what: str, line: str, _: list[Harmony]) -> Iterator[Note]:
    for step, steps, letter in _struck(reader, what, line, "Xxo"):
        at_s = reader.second_of(step)
        yield Note(at_s, reader.second_of(step + steps) - at_s, 0, LOUD[letter], 0)


def _chords(reader: _Reader, what: str, line: str, harmony: list[Harmony]) -> Iterator[Note]:
    for step, steps, letter in _struck(reader, what, line, "Xxo"):
        for now in harmony:
            first, until = max(step, now.first), min(step + steps, now.until)
            if first >= until or (first > step and until - first < 1):
                continue
            at_s = reader.second_of(first)
            for pitch in now.notes:
                yield Note(at_s, reader.second_of(until) - at_s, pitch, LOUD[letter], pitch)


def _arpeggio(reader: _Reader, what: str, line: str, harmony: list[Harmony]) -> Iterator[Note]:
    for step, steps, letter in _struck(reader, what, line, "12345678"):
        notes = _sounding(harmony, step).notes
        octave, place = divmod(int(letter) - 1, len(notes))
        pitch = notes[place] + 12 * octave
        at_s = reader.second_of(step)
        loud = 0.8 if step % 4 == 0 else 0.6
        yield Note(at_s, reader.second_of(step + steps) - at_s, pitch, loud, pitch)


def _bass(reader: _Reader, what: str, line: str, harmony: list[Harmony]) -> Iterator[Note]:
    before = 0
    for step, steps, letter in _struck(reader, what, line, "Ro5n/"):
        now = _sounding(harmony, step)
        if letter == "n":
            after = _sounding(harmony, now.until % harmony[-1].until).bass
            pitch = after + (1 if after < now.bass else -1)
        else:
            pitch = now.bass + BASS[letter]
        at_s = reader.second_of(step)
        loud = 1.0 if step % STEPS == 0 else 0.85
        slid_from = before if letter == "/" and before else pitch
        yield Note(at_s, reader.second_of(step + steps) - at_s, pitch, loud, slid_from)
        before = pitch


def _sounding(harmony: list[Harmony], step: int) -> Harmony:
    return next(one for one in harmony if step < one.until)


def _tune(reader: _Reader, what: str, line: str, _: list[Harmony]) -> Iterator[Note]:
    last = reader.part.first_bar + reader.part.bars == reader.layout.bars
    until = STEPS * (reader.part.bars - 1) if last else STEPS * reader.part.bars
    for number, (step, steps, pitch, slid_from) in enumerate(_sung(reader, what, line)):
        if step <= until:
            at_s = reader.second_of(step)
            length_s = reader.second_of(step + steps) - at_s
            loud = 0.9 if step % 4 == 0 else 0.78
            yield Note(at_s, length_s, pitch, loud, slid_from, VOWELS[number % len(VOWELS)])


def _sung(reader: _Reader, what: str, line: str) -> list[tuple[int, int, int, int]]:
    """Return step, steps, pitch and the pitch slid from of a tune's notes."""
    found: list[tuple[int, int, int, int]] = []
    silent = True
    for bar, text in enumerate(_bars(reader, what, line)):
        step, steps = STEPS * bar, 1
        for token in text.split():
            sign = TUNED.fullmatch(token)
            if sign is None:
                raise reader.wrong(what, f'"{token}" is no note; write like 5:2 or ~1\':4')
            steps = int(sign[5] or steps)
            if sign[2] == "-" and not silent:
                found[-1] = (found[-1][0], found[-1][1] + steps, *found[-1][2:])
            elif sign[2] not in "-.":
                pitch = _pitch(reader, sign)
                found.append((step, steps, pitch, found[-1][2] if sign[1] and found else pitch))
            silent = sign[2] == "." or (silent and sign[2] == "-")
            step += steps
        if step != STEPS * (bar + 1):
            raise reader.wrong(what, f'"{text}" has {step - STEPS * bar} steps, not {STEPS}')
    return found


def _pitch(reader: _Reader, sign: re.Match[str]) -> int:
    """Return the note of a degree: the first one's is between G3 and F sharp 4."""
    name, scale = reader.page["key"].split()
    tonic = LOWEST_TONIC + (TONES[name[0]] + SIGNS[name[1:]] - LOWEST_TONIC) % 12
    octave = 12 * (sign[4].count("'") - sign[4].count(","))
    above = SCALES[scale][int(sign[2]) - 1] + SIGNS[sign[3]]
    return tonic + above + octave + reader.part.higher


READERS: Final = {
    "drum": _drum,
    "chords": _chords,
    "arpeggio": _arpeggio,
    "bass": _bass,
    "tune": _tune,
}
