"""Song packs: a folder with song.toml, the audio, and choreography.npz; checked at the door.

``song.toml`` (format 1) holds ``format``, ``title``, ``artist``, ``language``, ``bpm``,
``offset_s`` (song second of a bar's first beat), ``preview_s``, ``licence``, ``audio`` (a file name),
and may hold ``tempo`` (where it changes: ``[song second of a bar's first beat, bpm]`` each),
``lead`` (the member to copy), ``mirrored`` (the choreography was recorded from a video
that shows it as a mirror does: it is turned round when read), ``colours`` (up to five of its
cover's, ``"#ff2d96"``; a hint of the quiz), ``members`` (their names), ``sections`` (``name``,
``start_s``), its film: ``video`` (a file name) or ``video_link`` (a path on this computer) with
``video_start_s`` (song second of its first picture), ``cover`` (a picture's file name), ``creator``,
``year``, ``tags`` and ``staging`` (how it is lit, what its members wear, see ``Staging``). Other keys
are kept.
``choreography.npz`` holds ``joints`` float32 (members, T, 18, 3) in stage units, or the same as
``steps`` int16 (members, 18, 2, T), see ``steps_of``, ``fps`` and ``start_s``, and may hold ``floor``
float32 (members, T, 2) and ``there`` bool (members, T), see
``Formation``; never a pickle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import one_form
from kpopdance.realtime.core.staging import UNSTAGED
from kpopdance.realtime.core.tempo import Tempo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpopdance.realtime.core.staging import Colour, Staging
    from kpopdance.realtime.core.types import Choreography, Formation
    from kpopdance.realtime.scoring.difficulty import Difficulty

FORMAT: Final = 1
TOML: Final = "song.toml"
CHOREOGRAPHY: Final = "choreography.npz"
BUNDLED: Final = Path(__file__).resolve().parents[2] / "songs"


class SongPackError(DanceError):
    """A song pack is damaged; the text names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Film:
    """The video that a song was recorded from: on the stage it is the coach.

    ``start_s`` is the song second of its first picture. It lies in the pack, or where the player has
    it (``linked``): then the pack holds its path alone, and it may be gone.
    """

    path: Path
    start_s: float
    linked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PackFacts:
    """What a list tells of a pack, known without its choreography.

    ``dancers`` are the pack's members, their number; ``start_s`` and ``length_s`` are the song
    seconds where the choreography begins and ends; ``recorded_s`` is when the choreography was
    written, s since 1970; ``difficulty`` None: not known yet; the others as in ``SongPack``.
    """

    title: str
    artist: str
    bpm: float
    dancers: int
    start_s: float
    length_s: float
    audio: Path | None
    language: str = "en"
    folder: Path = Path()
    colours: tuple[tuple[int, int, int], ...] = ()
    cover: Path | None = None
    preview_s: float = 0.0
    tags: tuple[str, ...] = ()
    recorded_s: float = 0.0
    difficulty: Difficulty | None = None
    year: int = 0

    @property
    def slug(self) -> str:
        """The folder's name."""
        return one_form(self.folder.name)


@dataclass(frozen=True, slots=True, eq=False)
class SongPack:
    """One song to dance to.

    ``offset_s`` is the song second of a bar's first beat, ``tempo_changes`` are those of ``tempo``;
    ``sections`` are (name, start_s) in order;
    ``mirrored``: the file holds the mirror image of ``members``; ``colours`` are the cover's
    (red, green, blue) 0..255; ``names`` are the members', none where they have no names;
    ``formation`` where they stand and when they are on stage, None: nobody knows; ``year`` 0 is
    unknown; ``other`` are the keys of its song.toml that this game does not know; of a medley,
    ``excerpts`` are what it is made of, in order: it lies in no folder.
    """

    title: str
    artist: str
    bpm: float
    members: tuple[Choreography, ...]
    audio: Path | None
    language: str = "en"
    licence: str = ""
    offset_s: float = 0.0
    preview_s: float = 0.0
    lead: int = 0
    sections: tuple[tuple[str, float], ...] = field(default_factory=tuple)
    folder: Path = Path()
    mirrored: bool = False
    colours: tuple[tuple[int, int, int], ...] = ()
    names: tuple[str, ...] = ()
    formation: Formation | None = None
    film: Film | None = None
    cover: Path | None = None
    creator: str = ""
    year: int = 0
    tags: tuple[str, ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)
    tempo_changes: tuple[tuple[float, float], ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    staging: Staging = UNSTAGED

    @property
    def lights(self) -> tuple[Colour, ...]:
        """The colours of its stage."""
        return self.staging.lights or self.colours

    @property
    def tempo(self) -> Tempo:
        """When its beats are."""
        return Tempo(self.bpm, self.offset_s, self.tempo_changes)

    @property
    def slug(self) -> str:
        """The folder's name, in the one normal form that names are kept and compared in."""
        return one_form(self.folder.name)

    @property
    def length_s(self) -> float:
        """Song second where the choreography ends."""
        return max(member.end_s for member in self.members)

    def excerpt_at(self, song_s: float) -> Excerpt | None:
        """Return what of a medley is counted or danced at a second; None: it is one song."""
        begun = [each for each in self.excerpts if each.at_s <= song_s]
        return begun[-1] if begun else next(iter(self.excerpts), None)


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """What a medley takes out of a song, in the seconds of ``song``, which is that alone.

    Its second 0 is a bar's first beat, second ``from_s`` of the whole song, and sounds at second
    ``at_s`` of the medley. Up to ``lead_s`` it comes up and is counted in numbers of ``count_s``;
    from there to ``end_s``, a bar's first beat too, it is danced.
    """

    song: SongPack
    from_s: float
    lead_s: float
    end_s: float
    count_s: float
    at_s: float = 0.0

    @property
    def danced_s(self) -> tuple[float, float]:
        """Medley seconds between which it is danced."""
        return self.at_s + self.lead_s, self.at_s + self.end_s
