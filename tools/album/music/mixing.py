"""All instruments of a score, each as loud as it should be, in one room: the mix.

Levels are measured, not guessed: an instrument's own sound is brought to its loudness (LUFS, while it
plays), so that a page's ``[mix]`` says in dB who is nearer and who is farther away than usual.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.signal import butter, oaconvolve, sosfilt

from tools.album.music import drums, instruments
from tools.album.music.measures import RATE, loudness_lufs
from tools.album.music.sounds import Sound, band, fade, seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.album.music.score import Note, Score

    Bus = NDArray[np.float32]

Played = Callable[["Note", int], Sound]


class Instrument(NamedTuple):
    """How an instrument's lines are read, what it sounds like, and its place in the mix.

    ``loud`` is its loudness, LUFS; ``duck`` how far kicks push it down, ``room`` and ``echo`` how
    much of it goes there, 0..1; ``pan`` -1 left, 1 right; ``low_hz``: what is below is left to others.
    """

    kind: str
    play: Played
    loud: float
    duck: float = 0.0
    room: float = 0.0
    echo: float = 0.0
    pan: float = 0.0
    low_hz: float = 0.0


def _drum(play: Callable[[int], Sound]) -> Played:
    return lambda _, number: play(number % drums.TAKES)


def _tone(play: Callable[[int, float], Sound]) -> Played:
    return lambda note, _: play(note.pitch, round(note.length_s, 2))


def _line(play: Callable[[int, float, int], Sound]) -> Played:
    return lambda note, _: play(note.pitch, round(note.length_s, 2), note.slid_from)


def _sung(play: Callable[[int, float, int, str], Sound]) -> Played:
    return lambda note, _: play(note.pitch, round(note.length_s, 2), note.slid_from, note.vowel)


def _lasting(play: Callable[[float], Sound]) -> Played:
    return lambda note, _: play(note.length_s)


INSTRUMENTS: Final = {
    "kick": Instrument("drum", _drum(drums.kick), -18.5, room=0.01),
    "soft-kick": Instrument("drum", _drum(drums.soft_kick), -21.0, room=0.03),
    "snare": Instrument("drum", _drum(drums.snare), -20.0, room=0.10, low_hz=110),
    "clap": Instrument("drum", _drum(drums.clap), -21.5, room=0.12, low_hz=180),
    "rim": Instrument("drum", _drum(drums.rim), -27.0, room=0.14, pan=-0.2, low_hz=300),
    "snap": Instrument("drum", _drum(drums.snap), -24.0, room=0.16, pan=0.1, low_hz=300),
    "hat": Instrument("drum", _drum(drums.hat), -29.0, room=0.02, pan=0.22, low_hz=3000),
    "open-hat": Instrument(
        "drum", _drum(drums.open_hat), -28.0, 0.2, 0.03, pan=0.22, low_hz=3000
    ),
    "ride": Instrument("drum", _drum(drums.ride), -29.0, room=0.05, pan=-0.3, low_hz=1500),
    "shaker": Instrument("drum", _drum(drums.shaker), -31.0, room=0.04, pan=-0.35, low_hz=3000),
    "brush": Instrument("drum", _drum(drums.brush), -26.0, room=0.10, low_hz=300),
    "high-tom": Instrument(
        "drum", _drum(drums.high_tom), -22.0, room=0.10, pan=-0.3, low_hz=80
    ),
    "low-tom": Instrument("drum", _drum(drums.low_tom), -21.0, room=0.08, pan=0.3),
    "stomp": Instrument("drum", _drum(drums.stomp), -21.0, room=0.12),
    "crash": Instrument("drum", _drum(drums.crash), -25.0, 0.2, 0.10, low_hz=1500),
    "swell": Instrument("drum", _lasting(drums.swell), -26.0, 0.0, 0.10, low_hz=1500),
    "boom": Instrument("drum", _drum(drums.boom), -22.0, room=0.05),
    "hey": Instrument("drum", _drum(drums.hey), -23.0, 0.1, 0.22, low_hz=250),
    "riser": Instrument("drum", _lasting(drums.riser), -27.0, 0.2, 0.20, low_hz=250),
    "fall": Instrument("drum", _lasting(drums.fall), -27.0, 0.2, 0.30, low_hz=100),
    "bass": Instrument("bass", _line(instruments.bass), -19.0, 0.75),
    "round-bass": Instrument("bass", _line(instruments.round_bass), -19.5, 0.25),
    "deep-bass": Instrument("bass", _line(instruments.deep_bass), -18.0, 0.5),
    "growl": Instrument("bass", _line(instruments.growl), -19.0, 0.7),
    "piano": Instrument("chords", _tone(instruments.piano), -21.0, 0.15, 0.16, low_hz=70),
    "keys": Instrument("chords", _tone(instruments.keys), -22.5, 0.25, 0.14, low_hz=140),
    "guitar": Instrument(
        "chords", _tone(instruments.guitar), -23.0, 0.15, 0.12, pan=-0.25, low_hz=150
    ),
    "saws": Instrument("chords", _tone(instruments.saws), -22.5, 0.65, 0.14, low_hz=220),
    "pad": Instrument("chords", _tone(instruments.pad), -26.0, 0.4, 0.24, low_hz=130),
    "aah": Instrument("chords", _tone(instruments.aah), -26.0, 0.3, 0.30, low_hz=250),
    "organ": Instrument(
        "chords", _tone(instruments.organ), -25.0, 0.3, 0.10, pan=0.25, low_hz=200
    ),
    "brass": Instrument("chords", _tone(instruments.brass), -22.0, 0.15, 0.14, low_hz=200),
    "power": Instrument("chords", _tone(instruments.power), -22.0, 0.35, 0.05, low_hz=120),
    "pluck": Instrument(
        "arpeggio", _tone(instruments.pluck), -26.0, 0.35, 0.18, 0.5, 0.2, low_hz=250
    ),
    "strings": Instrument(
        "arpeggio", _tone(instruments.guitar), -25.0, 0.2, 0.2, 0.2, 0.3, low_hz=200
    ),
    "bell": Instrument(
        "tune", _tone(instruments.bell), -26.0, 0.1, 0.30, 0.5, 0.25, low_hz=400
    ),
    "lead": Instrument("tune", _line(instruments.lead), -19.5, 0.12, 0.12, 0.35, low_hz=250),
    "whistle": Instrument(
        "tune", _line(instruments.whistle), -22.0, 0.1, 0.25, 0.4, low_hz=400
    ),
    "voice": Instrument("tune", _sung(instruments.voice), -17.5, 0.08, 0.16, 0.3, low_hz=180),
    "echoes": Instrument(
        "tune", _sung(instruments.voice), -24.0, 0.1, 0.35, 0.5, -0.4, low_hz=250
    ),
    "choir": Instrument("tune", _sung(instruments.choir), -23.0, 0.2, 0.30, low_hz=220),
    "horns": Instrument("tune", _tone(instruments.brass), -21.0, 0.1, 0.16, low_hz=200),
}
"""By the names that pages use."""
KINDS: Final = {name: one.kind for name, one in INSTRUMENTS.items()}
ECHOES: Final = ((3, 0.34, -0.6), (6, 0.20, 0.6), (9, 0.11, -0.4))
"""Sixteenths later, how loud, and on which side."""
MEASURED_S: Final = 12.0
DUCK_S: Final = 0.12
ROOM_S: Final = 0.32
EDGE_S: Final = 0.012
FADE_S: Final = 0.9


def mixed(score: Score) -> Bus:
    """Return a song's sound, float32 (N, 2) at 48 kHz, not yet as loud as it should be."""
    length = round(score.layout.end_s * RATE)
    dry, sent = np.zeros((length, 2), np.float32), np.zeros((length, 2), np.float32)
    duck = _ducking(score, length)
    for name, notes in score.notes.items():
        one = INSTRUMENTS[name]
        bus = _played(notes, one, length, score)
        if one.low_hz:
            sos = butter(2, one.low_hz, "highpass", fs=RATE, output="sos")
            bus = sosfilt(sos, bus, axis=0).astype(np.float32)
        level_db = (
            one.loud + score.page.get("mix", {}).get(name, 0.0) - loudness_lufs(_loudest(bus))
        )
        bus *= (10 ** (level_db / 20) * (1 - one.duck * duck))[:, None]
        dry += bus
        sent += one.room * bus
    dry += _room(score, sent)
    return dry * _gates(score, length)[:, None]


def _played(notes: tuple[Note, ...], one: Instrument, length: int, score: Score) -> Bus:
    """Return an instrument's notes and their echoes, float32 (N, 2)."""
    bus = np.zeros((length, 2), np.float32)
    for number, note in enumerate(notes):
        sound = one.play(note, number)
        _put(bus, note.at_s, sound, note.loud, one.pan)
        sixteenth_s = 15 / score.layout.tempo.bpm_at(note.at_s)
        for later, loud, pan in ECHOES if one.echo else ():
            _put(bus, note.at_s + later * sixteenth_s, sound, one.echo * loud * note.loud, pan)
    return bus


def _loudest(bus: Bus) -> Bus:
    """Return the stretch where an instrument plays most: that is enough to know how loud it is."""
    hop, hops = RATE // 10, round(MEASURED_S * 10)
    power = (
        np.einsum("ij,ij->i", bus, bus)[: len(bus) // hop * hop].reshape(-1, hop).sum(axis=1)
    )
    first = int(np.convolve(power, np.ones(min(hops, len(power))), "valid").argmax())
    return bus[first * hop : (first + hops) * hop]


def _put(bus: Bus, at_s: float, sound: Sound, loud: float, pan: float) -> None:
    """Add a sound to a bus; what reaches beyond its end is cut."""
    first = round(at_s * RATE)
    part = sound[: max(len(bus) - first, 0)]
    sides = np.sqrt([1 - pan, 1 + pan])
    bus[first : first + len(part)] += loud * sides * (part[:, None] if part.ndim == 1 else part)


def _ducking(score: Score, length: int) -> Sound:
    """Return 0..1: how far each kick pushes the others down."""
    shape = fade(np.exp(-seconds(0.45) / DUCK_S), 0.003, 0.05) * score.page.get("duck", 1.0)
    duck = np.zeros(length)
    for at_s in score.kicks_s:
        first = round(at_s * RATE)
        part = duck[first : first + len(shape)]
        np.maximum(part, shape[: len(part)], out=part)
    return duck


def _room(score: Score, sent: Bus) -> Bus:
    """Return a plate: noise that dies away, other noise on each side, convolved."""
    decay_s = score.page.get("room", ROOM_S)
    t = seconds(4.5 * decay_s)
    rng = np.random.default_rng(score.page["seed"])
    answer = rng.normal(0, 1, (len(t), 2)) * np.exp(-t / decay_s)[:, None]
    answer = band(np.concatenate([np.zeros((960, 2)), answer]), 320, 6500, slope=1.0)
    answer = fade(answer * 2.2 / np.sqrt((answer**2).sum(axis=0)), 0.001, 0.1).astype(
        np.float32
    )
    return np.asarray(oaconvolve(sent, answer, axes=0)[: len(sent)], np.float32)


def _gates(score: Score, length: int) -> Bus:
    """Return the whole mix's gain: the silences before parts, and the song's fade-out."""
    gain = np.ones(length, np.float32)
    edge = round(EDGE_S * RATE)
    for from_s, until_s in score.gaps_s:
        first, end = round(from_s * RATE), round(until_s * RATE)
        gain[first:end] = 0
        gain[first : first + edge] = np.linspace(1, 0, edge)
        gain[end - edge // 8 : end] = np.linspace(0, 1, edge // 8)
    out = round(FADE_S * RATE)
    gain[-out:] *= np.linspace(1, 0, out) ** 1.5
    return gain
