"""All that can be set, line by line: names, values in order, and what they mean in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.names import AUTO, NETWORKS, RUNTIMES
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import BODIES, COACHES, STRICTNESS
from kpopdance.realtime.library.own_languages import language_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.settings_writer import Value
    from kpopdance.realtime.screens.setup_view import Sort

COACH_WORDS: Final = {
    "video": N_("the video"), "both": N_("video and skeleton"), "drawn": N_("drawn"),
}  # fmt: skip
SIZES: Final = ((640, 480), (1280, 720), (1920, 1080))


def _as_is(value: Any) -> str:  # noqa: ANN401 - whatever a setting holds
    return str(value)


def _yes(value: Any) -> str:  # noqa: ANN401
    return _("yes") if value else _("no")


def _percent(value: Any) -> str:  # noqa: ANN401
    return f"{value} %"


def _ms(value: Any) -> str:  # noqa: ANN401
    return _("{value:.0f} ms", value=value) if value else _("as measured")


def _threads(value: Any) -> str:  # noqa: ANN401
    return str(value) if value else _("as is best")


def _size(value: Any) -> str:  # noqa: ANN401
    return f"{value[0]} × {value[1]}"


def _listed(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else "; ".join(value)


@dataclass(frozen=True, slots=True)
class Settable:
    """One line of the set-up page.

    Attributes
    ----------
    keys : tuple of str
        The settings it stands for; several have a tuple of values.
    name, about : str
        What it is called, and what it means.
    values : tuple
        In order; empty where it is written, or found out.
    sort : Sort
        ``number``: the values have a first and a last; ``choice``: after the last comes the first.
    words : callable
        A value in words.
    """

    keys: tuple[str, ...]
    name: str
    about: str
    values: tuple[Any, ...] = ()
    sort: Sort = "choice"
    words: Callable[[Any], str] = _as_is

    def of(self, settings: Settings) -> Any:  # noqa: ANN401 - whatever a setting holds
        """Return the value that is set."""
        told = tuple(getattr(settings, key) for key in self.keys)
        return told[0] if len(told) == 1 else told

    def changes(self, value: Any) -> Mapping[str, Value]:  # noqa: ANN401
        """Return what is changed where this is the value."""
        values = (value,) if len(self.keys) == 1 else value
        return dict(zip(self.keys, values, strict=True))

    def found(self, names: tuple[str, ...], now: str) -> tuple[str, ...]:
        """Return the values of what is found out: the usual one, those there are, what is set."""
        return tuple(dict.fromkeys(["", *names, now]))

    def turned(self, settings: Settings, step: int, values: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401
        """Return the value so many steps on; one that is none of them lies between them."""
        known, now = values or self.values, self.of(settings)
        if self.sort == "number":
            further = [value for value in known if (value - now) * step > 0]
            return (min if step > 0 else max)(further, default=now)
        place = known.index(now) + step if now in known else 0
        return known[place % len(known)]


CAMERA: Final = Settable(
    ("camera",), "Camera", "Click a picture, or go through them with ← and →."
)
ADDRESS: Final = Settable(
    ("camera",), "Phone as camera",
    "Enter, then the address that its camera app shows: http://192.0.2.7:8080/video",
    sort="text",
)  # fmt: skip
OUTPUT: Final = Settable(
    ("sound_device",), "Sound comes from", "You hear it while this line is chosen.",
    words=lambda value: value or _("the usual output"),
)  # fmt: skip
VOLUME: Final = Settable(
    ("volume",), "Volume", "You hear it while this line is chosen.",
    tuple(range(0, 101, 5)), "number", _percent,
)  # fmt: skip
MICROPHONE: Final = Settable(
    ("microphone",), "Microphone", "It hears you clap, where the delay is measured.",
    words=lambda value: value or _("the usual one"),
)  # fmt: skip
EFFECTS: Final = Settable(
    ("effect_volume",), "Clicks before a song", "How loud. You hear them while this line is chosen.",
    tuple(range(0, 101, 5)), "number", _percent,
)  # fmt: skip
COUNT: Final = Settable(
    ("count_volume",), "Voice that counts",
    "In practice: five, six, seven, eight. You hear it while this line is chosen.",
    tuple(range(0, 101, 5)), "number", _percent,
)  # fmt: skip
LAG: Final = Settable(
    ("player_lag_ms",), "Delay of camera and sound",
    "Taken off before you are judged; D measures it, and 0 ms leaves it at what was measured.",
    tuple(float(ms) for ms in range(-300, 1001, 10)), "number", _ms,
)  # fmt: skip
STRICT: Final = Settable(
    ("strictness",), "Strictness", "How near each limb must come for full points.",
    tuple(STRICTNESS), words=_,
)  # fmt: skip
LANGUAGE: Final = Settable(
    ("language",), "Language", "Others by a file: docs/languages.md says how.",
    words=lambda value: language_name(value) if value else _("as the computer speaks"),
)  # fmt: skip
FIRST_ROWS: Final = (
    CAMERA, ADDRESS, OUTPUT, VOLUME, EFFECTS, COUNT, MICROPHONE, LAG, LANGUAGE,
    STRICT,
    Settable(
        ("body",), "Body", "Seated: no legs are asked for.", tuple(BODIES),
        words=lambda value: _("whole body") if value == "whole" else _("seated"),
    ),
    Settable(
        ("mirror",), "As in a mirror", "You and the coach are shown as a mirror shows them.",
        (True, False), words=_yes,
    ),
    Settable(
        ("coach",), "Coach", "Where a song has a video: it, it with the skeleton, or a drawn figure.",
        tuple(COACHES),
        words=lambda value: _(COACH_WORDS[value]),
    ),
    Settable(
        ("reel",), "Keep pictures for a clip",
        "While you dance, until you leave its result: V there makes a clip of them.",
        (False, True), words=_yes,
    ),
    Settable(
        ("hands",), "Choose by a raised hand",
        "In the menus too: the camera is on there then. No picture is kept.",
        (False, True), words=_yes,
    ),
    Settable(
        ("preview_sound",), "Chorus in the list", "The song that is chosen in the list sounds.",
        (True, False), words=_yes,
    ),
)  # fmt: skip
MORE_ROWS: Final = (
    Settable(
        ("calm",), "Calm lights", "No flashes, no sweeping lights, nothing that springs.",
        (False, True), words=_yes,
    ),
    Settable(
        ("network",), "Who looks at you",
        "auto: several networks, as time allows. lightning: the fastest alone, for slow computers.",
        tuple(NETWORKS),
    ),
    Settable(
        ("engine",), "What the networks run on", "auto: the fastest here.", (AUTO, *RUNTIMES)
    ),
    Settable(
        ("thorough",), "Look at two sizes too", "More exact, several times slower: for a GPU.",
        (False, True), words=_yes,
    ),
    Settable(("crop_px",), "Crop for one dancer", "224 px is faster, 256 more exact.", (224, 256)),
    Settable(
        ("threads",), "Threads", "Of the processor, for the networks.", tuple(range(17)),
        "number", _threads,
    ),
    Settable(
        ("camera_width", "camera_height"), "Camera's picture",
        "What it is asked for; it may answer with something else.", SIZES, words=_size,
    ),
    Settable(
        ("camera_fps",), "Pictures a second", "What it is asked for.", (15, 24, 25, 30, 50, 60),
        "number",
    ),
    Settable(
        ("model",), "OpenPose weights of your own", "An ONNX file; empty: those that are bundled.",
        sort="text",
    ),
    Settable(
        ("replays",), "Keep dances in",
        "A folder for every finished dance (poses, no pictures); empty: none.",
        sort="text",
    ),
    Settable(
        ("board",), "Your group's board",
        "A folder of replays that your group shares; empty: none. K in the song list shows it.",
        sort="text",
    ),
    Settable(
        ("on_air",), "On air",
        "A folder for streaming programs: score, combo and song as texts; empty: none. "
        "It holds from the next start on.",
        sort="text",
    ),
    Settable(
        ("on_air_window",), "Window on air",
        "A second window with the stage alone, for streaming programs. It holds from the next start on.",
        (False, True), words=_yes,
    ),
    Settable(
        ("library",), "Songs of your own in",
        "A folder, or several with ; between them; empty: the usual place. "
        "It holds from the next start on.",
        sort="text", words=_listed,
    ),
)  # fmt: skip
