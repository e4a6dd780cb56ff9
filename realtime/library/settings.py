"""Settings from a TOML file; unknown keys are said and left alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta
from platformdirs import user_config_path, user_data_path

from kpopdance.engines.checked import checked, known_of
from kpopdance.engines.errors import DanceError
from kpopdance.engines.names import NETWORKS
from kpopdance.engines.texts import toml_in
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.terms import COACHES, Terms
from kpopdance.realtime.library.songpack import BUNDLED

RENAMED: Final = {"runtime": "engine"}
"""Keys of older settings files, read as what they are called now."""


class SettingsError(DanceError):
    """The settings file cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a player may choose; the command line overrides it.

    Attributes
    ----------
    camera : str
        Index or device name, MJPEG/RTSP/HTTP address, a video file, or ``dancer``.
    camera_width, camera_height, camera_fps : int
        What is asked of a camera; it may answer with something else.
    mirror : bool
        Show player and coach as in a mirror.
    network : str
        ``openpose``: it alone; ``movenet``, ``blazepose``: that follows each dancer; ``lightning``: the
        fastest alone; ``auto``: all, as time allows.
    model : str
        An ONNX file with OpenPose weights of your own, empty for the bundled ones.
    engine : str
        What the networks run on: ``auto``, ``tensorrt``, ``rtx``, ``openvino`` or ``onnxruntime``.
    threads : int
        For the network; 0 is one less than there are cores.
    thorough : bool
        Look at two sizes and the mirror image too: more exact, several times slower; for a GPU.
    crop_px : int
        Side of the network's input for one dancer; 224 is faster, 256 more exact.
    player_lag_ms : float
        Fixed lag of camera and speaker, set by hand; 0 is what was measured of them.
    language : str
        Its code: ``en``, ``ko``, or that of a translation of yours; empty for the system's.
    strictness : str
        ``kids``, ``normal`` or ``pro``: how much is asked for full marks.
    body : str
        ``whole``, or ``seated``: no legs are asked for.
    coach : str
        ``video``, ``both`` or ``drawn``: who is copied where a song has a video.
    reel : bool
        Keep your pictures while you dance, until the next dance, so that a film can be made of them.
    preview_sound : bool
        Let the chorus of the song that is chosen in the list sound.
    calm : bool
        No flashes, no sweeping lights, nothing that springs.
    hands : bool
        Let the camera look on in the menus too: a raised hand chooses.
    sound_device : str
        Part of an output's name, empty for the system's choice.
    microphone : str
        Part of the name of what hears you clap, empty for the system's choice.
    volume : int
        How loud the game is, 0..100 percent.
    effect_volume : int
        How loud the clicks are that count before a song, 0..100 percent of that.
    count_volume : int
        How loud the voice is that counts in practice, 0..100 percent of that.
    replays : str
        Folder to keep every finished dance in (poses, no pictures), empty to keep none.
    board : str
        Folder of replays that your group shares, empty for none.
    on_air : str
        Folder to write score, combo and song into for streaming programs, empty for none.
    on_air_window : bool
        Open a second window with the stage alone, for streaming programs.
    library : str or tuple of str
        Folder of your own songs, or several: new ones go to the first; empty for the usual place.
    """

    camera: str = "0"
    camera_width: int = 1280
    camera_height: int = 720
    camera_fps: int = 30
    mirror: bool = True
    network: str = "auto"
    model: str = ""
    engine: str = "auto"
    threads: int = 0
    thorough: bool = False
    crop_px: int = 256
    player_lag_ms: float = 0.0
    language: str = ""
    strictness: str = "normal"
    body: str = "whole"
    coach: str = "video"
    reel: bool = False
    preview_sound: bool = True
    calm: bool = False
    hands: bool = False
    sound_device: str = ""
    microphone: str = ""
    volume: int = 100
    effect_volume: int = 100
    count_volume: int = 80
    replays: str = ""
    board: str = ""
    on_air: str = ""
    on_air_window: bool = False
    library: Annotated[
        str | tuple[str, ...], Meta(description="a folder in quotes, or a list of them")
    ] = ""

    def __post_init__(self) -> None:
        _one_of("network", self.network, NETWORKS)
        _one_of("coach", self.coach, COACHES)
        try:
            Terms(self.strictness, self.body)
        except ValueError as why:
            raise SettingsError(str(why)) from None
        if self.crop_px % 8 or not 128 <= self.crop_px <= 512:
            raise SettingsError(
                _(
                    "crop_px is {crop_px}; choose a multiple of 8, 128 to 512",
                    crop_px=self.crop_px,
                )
            )
        if not abs(self.player_lag_ms) <= 1000:  # NaN too
            raise SettingsError(
                _(
                    "player_lag_ms is {player_lag_ms:g}; choose -1000 to 1000",
                    player_lag_ms=self.player_lag_ms,
                )
            )
        if min(self.camera_width, self.camera_height, self.camera_fps) < 1:
            asked = f"{self.camera_width}x{self.camera_height} at {self.camera_fps}"
            raise SettingsError(
                _("the camera is asked for {asked}; choose 1 or more of each", asked=asked)
            )
        _percent("volume", self.volume)
        _percent("effect_volume", self.effect_volume)
        _percent("count_volume", self.count_volume)
        if self.threads < 0:
            raise SettingsError(
                _("threads is {threads}; choose 0 (automatic) or more", threads=self.threads)
            )
        for key, told in (
            *(("library", one) for one in self._named),
            ("replays", self.replays),
            ("model", self.model),
            ("board", self.board),
            ("on_air", self.on_air),
        ):
            _home(key, told)

    @property
    def terms(self) -> Terms:
        """On which terms dances are judged."""
        return Terms(self.strictness, self.body)

    @property
    def _named(self) -> tuple[str, ...]:
        """The folders of songs that are asked for."""
        named = (self.library,) if isinstance(self.library, str) else self.library
        return tuple(filter(None, named))

    @property
    def libraries(self) -> tuple[Path, ...]:
        """Folders with song packs: the player's own, the one written to first, then the bundled."""
        own = tuple(_home("library", each) for each in dict.fromkeys(self._named))
        return (*(own or (own_library(),)), BUNDLED)

    @property
    def missing_libraries(self) -> tuple[str, ...]:
        """A sentence for each folder of songs that is asked for and not there."""
        asked = self.libraries[:-1] if self._named else ()
        return tuple(filter(None, map(_missing, asked)))

    @property
    def replay_folder(self) -> Path | None:
        """Where finished dances are kept, None for nowhere."""
        return _home("replays", self.replays) if self.replays else None

    @property
    def board_folder(self) -> Path | None:
        """Where a group's replays lie, None for nowhere."""
        return _home("board", self.board) if self.board else None

    @property
    def on_air_folder(self) -> Path | None:
        """Where streaming programs look, None for nowhere."""
        return _home("on_air", self.on_air) if self.on_air else None

    @property
    def model_file(self) -> Path | None:
        """The player's own OpenPose weights, None for the bundled ones."""
        return _home("model", self.model) if self.model else None


def _missing(library: Path) -> str:
    """Return what is the matter with a folder that should be there; empty for nothing."""
    try:
        if library.is_dir():
            return ""
        what = "is no folder" if library.exists() else "is not there"
    except OSError as why:  # too long a name
        what = f"cannot be looked at ({why.strerror})"
    return f"{library}: the library {what}; correct library in the settings"


def _one_of(key: str, text: str, known: tuple[str, ...]) -> None:
    if text not in known:
        raise SettingsError(
            _(
                "{key} is {text!r}; choose one of {known}",
                key=key,
                text=text,
                known=", ".join(known),
            )
        )


def _percent(key: str, value: int) -> None:
    if not 0 <= value <= 100:
        raise SettingsError(_("{key} is {value}; choose 0 to 100", key=key, value=value))


def _home(key: str, text: str) -> Path:
    """Return a path with ``~`` replaced by the home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(
            _("{key} is {text!r}: there is no such home; correct it", key=key, text=text)
        ) from None


def own_library() -> Path:
    """Return the usual folder of a player's own songs."""
    return user_data_path("kpopdance", appauthor=False) / "songs"


def settings_file() -> Path:
    """Return where the settings file is looked for."""
    return user_config_path("kpopdance", appauthor=False) / "settings.toml"


def read_settings(path: Path | None = None) -> Settings:
    """Return the settings in a file; the usual file may be missing, a named one may not.

    Raises
    ------
    SettingsError
        Where it cannot be read, or a value is none of ours.
    """
    file = path or settings_file()
    if not file.is_file():
        if path is not None or file.exists():
            what = "is no file" if file.exists() else "there is no such settings file"
            raise SettingsError(_("{file}: {what}; give another", file=file, what=what))
        return Settings()
    try:
        told = toml_in(file)
    except OSError as why:
        raise SettingsError(
            _("{file}: cannot be read ({why}); check its rights", file=file, why=why.strerror)
        ) from None
    except ValueError as why:
        raise SettingsError(
            _("{file}: {why}; correct or remove it", file=file, why=why)
        ) from None
    try:
        return checked(known_of(_as_now(told), Settings, file), Settings)
    except (SettingsError, ValueError) as why:
        raise SettingsError(f"{file}: {why}") from None


def _as_now(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a file tells with the names of today; a camera's number needs no quotes."""
    told = {RENAMED.get(key, key): value for key, value in told.items()}
    if type(told.get("camera")) is int:
        told["camera"] = str(told["camera"])
    return told
