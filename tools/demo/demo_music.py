"""The music of "Neon Steps": what is played when, and how it is mixed.

A flat major, 120 bpm, 4/4. Patterns are written in sixteenths; bar 1 beat 1 is sample 0.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.demo import demo_synth as synth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.demo.demo_synth import Sound

SAMPLE_RATE: Final = synth.SAMPLE_RATE

BPM: Final = 120
SECTIONS: Final = (  # name, bars
    ("intro", 4),
    ("verse", 8),
    ("pre-chorus", 4),
    ("chorus", 8),
    ("break", 4),
    ("chorus", 8),
)
SIXTEENTH: Final = SAMPLE_RATE * 60 // BPM // 4
BAR: Final = 16 * SIXTEENTH
BARS: Final = sum(bars for _, bars in SECTIONS)
LENGTH: Final = BARS * BAR
LOUDNESS_LUFS: Final = -14.0  # what streaming services play at
CEILING: Final = 0.84  # -1.5 dB: the encoder overshoots

Chord = tuple[int, tuple[int, ...]]
"""Root of the bass, and the notes above it."""

DB_MAJ7: Final[Chord] = (37, (56, 60, 65, 68, 72))
EB_9: Final[Chord] = (39, (55, 58, 61, 65, 70))
C_M7: Final[Chord] = (36, (55, 58, 60, 63, 67))
F_M9: Final[Chord] = (41, (56, 60, 63, 67, 72))
BB_M7: Final[Chord] = (34, (56, 58, 61, 65, 68))
HARMONY: Final = {  # one chord a bar
    "intro": (DB_MAJ7, EB_9, C_M7, F_M9),
    "verse": (F_M9, DB_MAJ7, BB_M7, EB_9),
    "pre-chorus": (BB_M7, C_M7, DB_MAJ7, EB_9),
    "chorus": (DB_MAJ7, EB_9, C_M7, F_M9),  # IV V iii vi
    "break": (F_M9, F_M9, DB_MAJ7, EB_9),
}

Melody = tuple[tuple[float, int, float], ...]
"""Sixteenth from the phrase's start, note, length in sixteenths."""

CALL: Final[Melody] = (
    *((0, 72, 2), (2, 72, 1), (3, 75, 3), (6, 77, 2), (8, 75, 2), (10, 72, 2), (12, 70, 4)),
    *((16, 72, 2), (18, 70, 1), (19, 68, 3), (22, 70, 6)),
)
ANSWER: Final[Melody] = (
    *(
        (32, 72, 2),
        (34, 72, 1),
        (35, 75, 3),
        (38, 77, 2),
        (40, 80, 2),
        (42, 79, 2),
        (44, 75, 4),
    ),
    *((48, 77, 3), (51, 75, 3), (54, 72, 2), (56, 68, 5)),
)
HOOK: Final[Melody] = CALL + ANSWER
VERSE_CHOPS: Final[Melody] = ((3, 68, 2), (6, 72, 2), (11, 70, 2), (14, 68, 1))
BREAK_CHOPS: Final[Melody] = ((0, 65, 2), (3, 65, 1), (4, 68, 2), (10, 65, 1), (11, 63, 2))
BASS_STEPS: Final = {  # sixteenth, length, semitones above the root
    "verse": ((0, 3, 0), (3, 2, 0), (6, 2, 12), (8, 3, 0), (11, 2, 0), (14, 2, 7)),
    "pre-chorus": tuple((s, 2, 0) for s in range(0, 16, 2)),
    "chorus": (
        *((0, 2, 0), (2, 1, 12), (3, 3, 0), (6, 2, 12)),
        *((8, 2, 0), (10, 1, 12), (11, 3, 0), (14, 2, 12)),
    ),
    "break": ((0, 6, 0), (7, 2, 0), (10, 5, 0)),
}
KICKS: Final = {
    "intro": (),
    "verse": (0, 7, 8),
    "pre-chorus": (0, 4, 8, 12),
    "chorus": (0, 4, 8, 12),
    "break": (0, 7, 10),
}
CLAPS: Final = {
    "intro": (),
    "verse": (4, 12),
    "pre-chorus": (),
    "chorus": (4, 12),
    "break": (8,),
}
HATS: Final = 1.7
KEYS_GAIN: Final = {"intro": 1.7, "verse": 1.2, "break": 0.7}
KEYS_STEPS: Final = {  # sixteenth, length
    "intro": ((0, 6), (6, 10)),
    "verse": ((0, 6), (6, 4), (11, 5)),
    "break": ((0, 16),),
}
HEY_STEP: Final = {"chorus": 14, "break": 12}
ARP_GAIN: Final = {"verse": 0.6, "pre-chorus": 1.0, "chorus": 1.0}
SILENT_BEFORE_DROP: Final = 4  # sixteenths

LEVELS: Final = {  # of each bus, and how much of it the kick pushes down, and goes to the room
    "drums": (0.84, 0.0, 0.04),
    "bass": (0.50, 0.75, 0.0),
    "keys": (0.50, 0.25, 0.16),
    "saws": (0.88, 0.65, 0.14),
    "arp": (0.32, 0.35, 0.28),
    "lead": (0.54, 0.12, 0.18),
    "voice": (0.64, 0.10, 0.24),
    "effects": (0.30, 0.20, 0.25),
}
ECHOED: Final = ("lead", "voice", "arp")


class Score:
    """The buses of one song; sounds are put at bars and sixteenths."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.buses = {name: np.zeros((LENGTH, 2)) for name in LEVELS}
        self.kicks: list[int] = []

    def put(
        self, bus: str, bar: int, step: float, sound: Sound, gain: float = 1.0, pan: float = 0.0
    ) -> None:
        """Add a sound; ``pan`` -1 is left, 1 right. What reaches beyond the end is cut."""
        begin = round(bar * BAR + step * SIXTEENTH)
        part = sound[: LENGTH - begin]
        if part.ndim == 1:
            part = part[:, None] * np.sqrt([1 - pan, 1 + pan])
        self.buses[bus][begin : begin + len(part)] += gain * part


def compose(seed: int = 2026) -> NDArray[np.float32]:
    """Return the song: float32 (N, 2) at 48 kHz, sample 0 is bar 1 beat 1."""
    score = Score(seed)
    bar = 0
    for index, (name, bars) in enumerate(SECTIONS):
        _play_drums(score, name, bar, bars)
        _play_harmony(score, name, bar, bars)
        _play_tunes(score, name, bar, bars, last=index == len(SECTIONS) - 1)
        bar += bars
    _play_transitions(score)
    return _master(_mix(score))


def _play_drums(score: Score, name: str, first: int, bars: int) -> None:
    kick, clap = synth.kick(), synth.clap(score.rng)
    closed, opened = synth.hat(score.rng, 0.025), synth.hat(score.rng, 0.11)
    full = first + bars == BARS
    for bar in range(first, first + bars):
        ending = full and bar == BARS - 1
        for step in (0,) if ending else KICKS[name]:
            score.put("drums", bar, step, kick)
            score.kicks.append(bar * BAR + step * SIXTEENTH)
        for step in () if ending else CLAPS[name]:
            score.put("drums", bar, step, clap, 0.8)
        for at, gain in () if ending else _hats(name, bar - first):
            human = HATS * gain * score.rng.uniform(0.85, 1.1)
            is_open = name == "chorus" and at % 4 == 2
            score.put("drums", bar, at, opened if is_open else closed, human, pan=0.15)
        if name == "chorus" and bar % 4 == 3 and not ending:  # a fill into the next phrase
            for step in (13, 14, 15):
                score.put("drums", bar, step, synth.snare(score.rng), 0.22 + 0.04 * (step - 13))
    if name == "pre-chorus":
        _play_roll(score, first, bars)


def _hats(name: str, bar: int) -> tuple[tuple[float, float], ...]:
    """Return sixteenths and loudness."""
    if name == "intro":
        return tuple((s, 0.10) for s in range(0, 16, 2)) if bar >= 2 else ()
    if name == "break":  # rolls between the eighths
        roll = tuple((12 + i * 2 / 3, 0.12 + 0.02 * i) for i in range(6))
        return tuple((s, 0.16) for s in range(0, 12, 2)) + roll
    if name == "pre-chorus":
        return tuple((s, 0.14) for s in range(0, 16, 2))
    accent = {0: 0.15, 1: 0.05, 2: 0.19, 3: 0.07}
    return tuple((s, accent[s % 4]) for s in range(16))


def _play_roll(score: Score, first: int, bars: int) -> None:
    """Build up: snares every beat, then twice, then four times as often."""
    for bar in range(bars):
        every = (4, 4, 2, 1)[bar]
        for step in range(0 if bar else 4, 16, every):
            rise = (bar * 16 + step) / (16 * bars)
            score.put("drums", first + bar, step, synth.snare(score.rng), 0.12 + 0.34 * rise**2)


def _play_harmony(score: Score, name: str, first: int, bars: int) -> None:
    bar_s = BAR / SAMPLE_RATE
    for bar in range(bars):
        root, notes = HARMONY[name][bar % 4]
        here = first + bar
        if name in KEYS_GAIN:
            for step, length in KEYS_STEPS[name]:
                chord = synth.piano(notes, length * SIXTEENTH / SAMPLE_RATE + 0.15)
                score.put("keys", here, step, chord, KEYS_GAIN[name])
        if name in ("pre-chorus", "chorus"):
            way = bar / bars
            bright_hz = 10000.0 if name == "chorus" else 700 * 8**way
            chord = synth.supersaw(score.rng, notes, bar_s, bright_hz=bright_hz)
            score.put("saws", here, 0, chord, 1.0 if name == "chorus" else 0.5 + 0.3 * way)
        if here == BARS - 1:  # the last chord rings
            score.put("bass", here, 0, synth.sub(root, 1.2), 0.8)
            continue
        for step, length, above in BASS_STEPS.get(name, ()):
            length_s = length * SIXTEENTH / SAMPLE_RATE
            score.put("bass", here, step, synth.sub(root, length_s), 0.62)
            plucked = synth.pluck_bass(root + 12 + above, length_s + 0.05)
            score.put("bass", here, step, plucked, 0.3 if name == "break" else 0.5)


def _play_tunes(score: Score, name: str, first: int, bars: int, *, last: bool) -> None:
    if name == "intro":  # the hook from afar
        _sing(score, first, CALL, "o", 0.9)
        _sing(score, first + 2, CALL, "oa", 0.9)
    for bar in range(bars):
        here = first + bar
        if name == "chorus" and bar % 4 == 0:
            _play_hook(score, here, octave=last)
        if name == "verse" and bar % 2 == 1:
            _sing(score, here, VERSE_CHOPS, "oa", 0.55)
        if name == "break":
            _sing(score, here, BREAK_CHOPS, "ae", 0.75)
        if name in HEY_STEP and bar % 2 == 1:
            score.put("voice", here, HEY_STEP[name], synth.hey(score.rng), 1.3)
        if name in ARP_GAIN and (name != "verse" or bar >= bars // 2):
            _play_arp(score, here, HARMONY[name][bar % 4][1], ARP_GAIN[name])


def _play_hook(score: Score, bar: int, *, octave: bool) -> None:
    for step, note, length in HOOK:
        length_s = length * SIXTEENTH / SAMPLE_RATE
        if bar + step // 16 >= BARS - 1 and step % 16 > 0:
            continue
        score.put("lead", bar, step, synth.lead(score.rng, note, length_s))
        if octave:
            high = synth.lead(score.rng, note + 12, length_s)
            score.put("lead", bar, step, high, 0.35, pan=0.3 * (-1) ** int(step))
        if (step, note, length) in ANSWER:  # the voices answer
            sung = synth.voice(score.rng, note - 12, "ae", length_s + 0.05, breath=0.1)
            score.put("voice", bar, step, sung, 0.7, pan=-0.25)


def _sing(score: Score, bar: int, melody: Melody, vowels: str, gain: float) -> None:
    for step, note, length in melody:
        chop = synth.voice(
            score.rng, note, vowels, length * SIXTEENTH / SAMPLE_RATE + 0.04, breath=0.1
        )
        score.put("voice", bar, step, chop, gain, pan=0.5 * score.rng.uniform(-1, 1))


def _play_arp(score: Score, bar: int, notes: tuple[int, ...], gain: float) -> None:
    if bar == BARS - 1:
        return
    order = (0, 2, 4, 3, 1, 3, 4, 2)
    for step in range(16):
        sound = synth.pluck(notes[order[step % 8]] + 12)
        score.put("arp", bar, step, sound, gain, pan=0.7 * np.sin(step * np.pi / 4))


def _play_transitions(score: Score) -> None:
    """Lead from section to section: risers before, hits on the first beat."""
    bar = 0
    for name, bars in SECTIONS:
        loud = name == "chorus"
        if bar or loud:
            score.put("effects", bar, 0, synth.crash(score.rng), 0.75 if loud else 0.4)
        if loud:
            score.put("effects", bar, 0, synth.boom(), 1.6)
        length_s = {"intro": 2.0, "verse": 2.0, "pre-chorus": 7.5, "break": 3.75}.get(name)
        if length_s:
            silent = SILENT_BEFORE_DROP if name in ("pre-chorus", "break") else 0
            begin = 16 * bars - silent - length_s * SAMPLE_RATE / SIXTEENTH
            score.put("effects", bar, begin, synth.riser(score.rng, length_s), 0.9)
        bar += bars
    score.put("voice", BARS - 1, 4, synth.hey(score.rng), 1.5)


def _mix(score: Score) -> Sound:
    """Return all buses with ducking, echo, room and the silences before the drops."""
    duck = _ducking(score.kicks)
    dry, wet, echoed = np.zeros((3, LENGTH, 2))
    for name, (level, depth, room) in LEVELS.items():
        bus = score.buses[name] * (level * (1 - depth * duck))[:, None]
        if name in ECHOED:
            echoed += bus
        dry += bus
        wet += room * bus
    mixed = dry + _echo(echoed) + _room(score.rng, wet)
    return synth.band(mixed, 28, 18000) * _gates()[:, None]


def _ducking(kicks: list[int]) -> Sound:
    """Return 0..1: how far each kick pushes the others down."""
    shape = np.exp(-synth.seconds(0.45) / 0.12)
    shape = synth.fade(shape, 0.002, 0.05)
    duck = np.zeros(LENGTH)
    for begin in kicks:
        part = duck[begin : begin + len(shape)]
        np.maximum(part, shape[: len(part)], out=part)
    return duck


def _echo(bus: Sound) -> Sound:
    """Return three repeats, a dotted eighth apart, from side to side."""
    echo = np.zeros_like(bus)
    mono = bus.mean(axis=1)
    for n, gain in enumerate((0.30, 0.18, 0.10)):
        late = 3 * SIXTEENTH * (n + 1)
        echo[late:, n % 2] += gain * mono[:-late]
        echo[late:, 1 - n % 2] += 0.3 * gain * mono[:-late]
    return synth.band(echo, 400, 5000)


def _room(rng: np.random.Generator, send: Sound) -> Sound:
    """Return a plate: noise that dies in 1.4 s, convolved."""
    t = synth.seconds(1.4)
    answer = rng.normal(0, 1, (len(t), 2)) * np.exp(-t / 0.3)[:, None]
    answer = synth.band(np.concatenate([np.zeros((900, 2)), answer]), 300, 6500, slope=1.0)
    answer *= 2.2 / np.sqrt((answer**2).sum(axis=0))
    n = 1 << (len(send) + len(answer) - 1).bit_length()
    n = n // 4 * 3 if n // 4 * 3 >= len(send) + len(answer) else n
    spectrum = np.fft.rfft(send, n, axis=0) * np.fft.rfft(answer, n, axis=0)
    return np.fft.irfft(spectrum, n, axis=0)[: len(send)]


def _gates() -> Sound:
    """Return the whole mix's gain: nothing just before a drop, and the song's fade-out."""
    gain = np.ones(LENGTH)
    edge = round(0.012 * SAMPLE_RATE)
    bar = 0
    for (_, bars), (following, _) in pairwise(SECTIONS):
        bar += bars
        if following == "chorus":
            begin = bar * BAR - SILENT_BEFORE_DROP * SIXTEENTH
            gain[begin : bar * BAR] = 0
            gain[begin : begin + edge] = np.linspace(1, 0, edge)
    out = round(0.9 * SAMPLE_RATE)
    gain[-out:] *= np.linspace(1, 0, out) ** 1.5
    return gain


def _master(mixed: Sound) -> NDArray[np.float32]:
    """Return the mix at its loudness under the ceiling."""
    for _ in range(2):  # the limiter takes a little away: aim again
        mixed = mixed * 10 ** ((LOUDNESS_LUFS - loudness_lufs(mixed)) / 20)
        mixed = _limit(mixed)
    return mixed.astype(np.float32)


def _limit(sound: Sound) -> Sound:
    """Return a sound below the ceiling: a gain that looks 4 ms ahead and recovers slowly."""
    block = SAMPLE_RATE // 500
    padded = np.abs(sound).max(axis=1)
    padded = np.pad(padded, (0, -len(padded) % block)).reshape(-1, block).max(axis=1)
    peaks = np.pad(padded, 2, mode="edge")
    peaks = np.max([peaks[i : i + len(padded)] for i in range(5)], axis=0)
    gain = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    release = np.exp(-1 / 40)  # blocks: 80 ms
    for i in range(1, len(gain)):
        gain[i] = min(gain[i], 1 - (1 - gain[i - 1]) * release)
    at = np.arange(len(sound)) / block
    smooth = np.interp(at, np.arange(len(gain)) + 0.5, gain)
    limited: Sound = np.clip(sound * smooth[:, None], -CEILING, CEILING)
    return limited


def loudness_lufs(sound: NDArray[np.floating]) -> float:
    """Return the integrated loudness (ITU-R BS.1770-4: K weighting, gated 400 ms blocks)."""
    n = len(sound)
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(n))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weighted: Sound = np.fft.irfft(
        np.fft.rfft(sound, axis=0) * (shelf * high_pass)[:, None], n, axis=0
    )
    hop = SAMPLE_RATE // 10
    tenths = (weighted[: n // hop * hop].reshape(-1, hop, 2) ** 2).mean(axis=1).sum(axis=1)
    power = np.convolve(tenths, np.ones(4) / 4, "valid")
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    power = power[power > power.mean() * 10**-1]
    return float(-0.691 + 10 * np.log10(power.mean()))
