"""A dance as a film to show: the player beside the coach, with what was judged and the song's sound."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.closeup import closeups
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.core.track import BRIDGED_S, choreography_rows, resample
from kpopdance.realtime.dance.coach_film import CoachFilm
from kpopdance.realtime.dance.reel_story import FPS, SLOW, Shot, Story
from kpopdance.realtime.dance.titles import cover_of, titles_of
from kpopdance.realtime.devices.film_in_order import FilmInOrder
from kpopdance.realtime.devices.film_surface import film_surface, picture_on
from kpopdance.realtime.devices.stretched import stretched
from kpopdance.realtime.devices.veil import veiled
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.devices.window import save_picture
from kpopdance.realtime.screens.reel import ReelScreen
from kpopdance.realtime.screens.reel_layout import half_of, panes_of
from kpopdance.realtime.screens.reel_view import CardView, OtherView, ReelFacts, ReelView
from kpopdance.realtime.screens.view import FilmView
from kpopdance.realtime.studio.drawn_joints import steadied

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.reel_wish import ReelWish
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.library.songpack import SongPack

    Sound = Callable[[SongPack], tuple[NDArray[np.float32], int]]

ENCODER: Final = {"preset": "superfast", "crf": "22", "g": "60"}
EARLY_S: Final = 0.5 / FPS
"""A picture is shown from the reel's picture on that is nearest to its second."""
LEAST_POSES: Final = 2
JUDGED_S: Final = 0.4
"""So long after a move its judgement stands whole."""
BELOW: Final = 0.25
"""Of the height that a half shows more than the dancer needs: so much lies below their feet."""
NAME_LETTERS: Final = 60
"""Of a file's name: Hangul takes three bytes each, and 255 are the most."""


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """What a reel is made of.

    Attributes
    ----------
    song : SongPack
        As it lies in its pack.
    danced : SongPack
        As its terms turn it: what the coach danced.
    report : Report
        Of the dance.
    at_s, joints : float64 (T,), float32 (T, 18, 3)
        The player's poses at song seconds, px of the camera's pictures.
    lag_s : float
        By how much speaker and camera were late: taken off.
    pictures : Path or None
        The player's pictures, each at its song second; None: none were kept.
    terms : Terms
    player, danced_on : str
        Who danced, and when; empty where nobody knows.
    others : tuple of Footage
        Other players' dances of the same song: they are seen in the coach's place, as skeletons.
    """

    song: SongPack
    danced: SongPack
    report: Report
    at_s: NDArray[np.float64]
    joints: NDArray[np.float32]
    lag_s: float = 0.0
    pictures: Path | None = None
    terms: Terms = USUAL
    player: str = ""
    danced_on: str = ""
    others: tuple[Footage, ...] = ()


def write_reel(
    footage: Footage, wish: ReelWish, out: Path, sound_of: Sound,
    told: Callable[[float], None] = lambda _: None,
) -> None:  # fmt: skip
    """Write the film of a dance, whole or not at all.

    ``sound_of`` returns what sounds of a song, (N, 2), and the rate; ``told`` hears how much is written,
    0..1, and what it raises ends it.

    Raises
    ------
    DanceError
        Where a file cannot be read or written.
    """
    story = Story(footage.report, footage.danced.length_s)
    with (
        closing(VideoWriter(out, FPS, ENCODER)) as writer,
        closing(Reel(footage, wish)) as reel,
    ):
        writer.let_sound(*_sound(footage, story, sound_of))
        told(0.0)
        for number, shot in enumerate(story.shots()):
            writer.add(reel.picture(shot), number / FPS)
            told((number + 1) / (story.pictures + 1))
        writer.finish(story.pictures / FPS)
    told(1.0)


def write_card(footage: Footage, wish: ReelWish, out: Path) -> None:
    """Write one picture, a PNG, with the score and the best move. DanceError where it cannot be."""
    with closing(Reel(footage, wish)) as reel:
        reel.picture(Shot("card", reel.story.moment_s))
        save_picture(reel.surface, out)


def preview_of(footage: Footage, wish: ReelWish) -> NDArray[np.uint8]:
    """Return a picture of a reel, uint8 (H, W, 3) BGR: just after the best move was judged."""
    with closing(Reel(footage, wish)) as reel:
        best, middle_s = reel.story.best, reel.story.moment_s
        at_s = middle_s if best is None else min(best.end_s + JUDGED_S, reel.story.dance_s)
        return np.ascontiguousarray(reel.picture(Shot("dance", at_s))[..., :3])


class Reel:
    """Draws the pictures of a reel, one after the other; ``close`` it.

    Raises
    ------
    DanceError
        Where the player's pictures cannot be read. Where the song's film cannot, the coach is drawn.
    """

    def __init__(self, footage: Footage, wish: ReelWish) -> None:
        self.story = Story(footage.report, footage.danced.length_s)
        self.surface = film_surface(wish.size)
        self._footage, self._wish = footage, wish
        self._screen = ReelScreen(wish.size, facts_of(footage))
        filmed = footage.pictures is not None and wish.look != "skeleton"
        self._you = _You(footage, wish, self.story.dance_s, half_of(wish.size), filmed=filmed)
        self._others = [
            _Other(other, wish, self.story.dance_s, pane.size)
            for other, pane in zip(
                footage.others, panes_of(wish.size, len(footage.others)), strict=True
            )
        ]
        self._coach = None if self._others else _coach(footage, wish)
        times = np.arange(round(self.story.dance_s * FPS) + 1) / FPS
        members = [choreography_rows(each, times) for each in footage.danced.members]
        self._members = np.stack(members, axis=1)

    def picture(self, shot: Shot) -> NDArray[np.uint8]:
        """Return a picture, uint8 (H, W, 4); the same memory each time."""
        if shot.scene == "title":
            self._screen.title(self.surface, shot.light)
        elif shot.scene == "card":
            card = CardView(self.view(shot), self._footage.report)
            self._screen.card(self.surface, card, shot.light)
        else:
            self._screen.dance(self.surface, self.view(shot))
        return picture_on(self.surface)

    def view(self, shot: Shot) -> ReelView:
        """Return what is seen at a shot."""
        row = min(round(shot.song_s * FPS), len(self._members) - 1)
        slowed = shot.scene == "best"
        stands = self.story.at(shot.song_s)
        film = None
        if self._coach is not None:
            skeleton = self._wish.coach == "both"
            film = self._coach.view(shot.song_s + EARLY_S, everybody=False, skeleton=skeleton)
        return ReelView(
            shot.song_s, self._you.film(shot.song_s), self._you.figure(shot.song_s), film,
            self._members[row], self._footage.danced.lead, self._wish.mirror,
            self._footage.report.score if slowed else stands.score,
            self._footage.report.stars if slowed else stands.stars,
            0 if slowed else stands.combo,
            self.story.best if slowed else stands.verdict, stands.age_s, SLOW if slowed else 1.0,
            tuple(other.view(shot) for other in self._others),
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the films."""
        self._you.close()
        if self._coach is not None:
            self._coach.close()


class _You:
    """The player in their half: as they were filmed, veiled if they wish, or as a skeleton."""

    def __init__(
        self, footage: Footage, wish: ReelWish, until_s: float, half: tuple[int, int], *,
        filmed: bool,
    ) -> None:  # fmt: skip
        self._lag_s, self._blurs = footage.lag_s, wish.look == "blurred"
        self._half = half
        self._film: FilmInOrder | None = None
        self._at_s, self._joints = footage.at_s, footage.joints
        if filmed and footage.pictures is not None:
            self._film = FilmInOrder(footage.pictures)
        times = np.arange(round(until_s * FPS) + 1) / FPS + self._lag_s
        steady = (
            self._joints
            if len(self._at_s) < LEAST_POSES
            else steadied(self._at_s, self._joints)
        )
        self._rows = resample(self._at_s, steady, times, BRIDGED_S)
        size = _room(self._rows) if self._film is None else self._film.size
        self._windows = shaped(closeups(self._rows, FPS, size), self._half, size)

    def film(self, song_s: float) -> FilmView | None:
        """Return the picture of a song second as it is seen; None where nothing was filmed."""
        if self._film is None:
            return None
        frame = self._film.at(song_s + self._lag_s + EARLY_S - self._film.begins_s)
        left, top, wide, high = self._windows[self._row(song_s)].tolist()
        image, window = frame.image, (left, top, wide, high)
        if self._blurs:
            image, window = self._veiled(image, window, frame.captured_s + self._film.begins_s)
        return FilmView(image, window, turned=False, joints=np.zeros((0, 18, 3), np.float32))

    def figure(self, song_s: float) -> NDArray[np.float32] | None:
        """Return the skeleton of a song second, px of the half; None where it was not seen."""
        row = self._row(song_s)
        left, top, wide, _high = self._windows[row].tolist()
        joints: NDArray[np.float32] = self._rows[row].copy()
        if not (joints[:, 2] > 0).any():
            return None
        joints[:, :2] = (joints[:, :2] - (left, top)) * (self._half[0] / wide)
        return joints

    def close(self) -> None:
        """Let go of the film."""
        if self._film is not None:
            self._film.close()

    def _row(self, song_s: float) -> int:
        return min(max(round(song_s * FPS), 0), len(self._rows) - 1)

    def _veiled(
        self, image: NDArray[np.uint8], window: tuple[float, float, float, float], at_s: float
    ) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
        """Return the part of a picture that is seen, veiled by the poses of its own second."""
        left, top, wide, high = window
        x, y = max(int(left) - 1, 0), max(int(top) - 1, 0)
        part = image[y : int(top + high) + 2, x : int(left + wide) + 2]
        joints = resample(self._at_s, self._joints, np.array([at_s]), BRIDGED_S)[0]
        joints[:, :2] -= (x, y)
        veil = veiled(part, joints, self._slack_px(at_s))
        return veil, (left - x, top - y, wide, high)

    def _slack_px(self, at_s: float) -> float:
        """Return how far the head came between the looks before and after a second: half is a guess."""
        right = int(np.clip(np.searchsorted(self._at_s, at_s), 1, max(len(self._at_s) - 1, 1)))
        near = self._joints[right - 1 : right + 1, :2, :2]  # nose and neck
        steps = np.hypot(*np.diff(near, axis=0).reshape(-1, 2).T)
        return 0.5 * float(np.nan_to_num(steps).max(initial=0.0))


class _Other:
    """Another player in a pane of the coach's half, as a skeleton."""

    def __init__(
        self, footage: Footage, wish: ReelWish, until_s: float, pane: tuple[int, int]
    ) -> None:
        self._seen = _You(footage, wish, until_s, pane, filmed=False)
        self._story, self._report = (
            Story(footage.report, footage.danced.length_s),
            footage.report,
        )

    def view(self, shot: Shot) -> OtherView:
        """Return what is seen of them at a shot; after the dance their whole score."""
        so_far = self._story.at(shot.song_s).score
        score = so_far if shot.scene == "dance" else self._report.score
        return OtherView(self._seen.figure(shot.song_s), score)


def shaped(
    windows: NDArray[np.float32], half: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Return windows (T, 4) in the shape of a half that hold as much, and lie in the picture.

    Parameters
    ----------
    windows : float32 (T, 4)
        Left, top, width and height, px of a picture.
    half, size : (int, int)
        Width and height, px; ``size`` is the picture's.
    """
    left, top, wide, high = windows.astype(np.float64).T
    shape = half[0] / half[1]
    tall = np.maximum(high, wide / shape)
    tall = np.minimum(
        tall, min(size[1], size[0] / shape)
    )  # nothing beyond the picture is shown
    extent = np.stack([tall * shape, tall])
    most = np.array(size, np.float64)[:, None] - extent
    below = BELOW * np.maximum(tall - high, 0)  # both stand on one floor
    corner = np.stack([left + wide / 2 - extent[0] / 2, top + high + below - tall])
    corner = np.clip(corner, 0, np.maximum(most, 0))
    return np.concatenate([corner, extent]).T.astype(np.float32)


def reel_name(footage: Footage) -> str:
    """Return how a reel's file is called, without an ending: song, who danced, when, the score."""
    parts = (
        footage.song.title,
        footage.player,
        footage.danced_on,
        f"{footage.report.score:.0f}",
    )
    words = "".join(sign if sign.isalnum() else " " for sign in " ".join(parts))
    return " ".join(words.split())[:NAME_LETTERS]


def facts_of(footage: Footage) -> ReelFacts:
    """Return what a reel says of its dance."""
    song = footage.song
    title, other = titles_of(song.title)
    name = song.names[song.lead] if song.names else ""
    return ReelFacts(
        title, song.artist, other,
        footage.player, name, footage.danced_on, footage.terms.words, footage.danced.length_s,
        cover_of(song), song.colours,
        tuple(
            other.player or _("dancer {n}", n=number)
            for number, other in enumerate(footage.others, 2)
        ),
    )  # fmt: skip


def _coach(footage: Footage, wish: ReelWish) -> CoachFilm | None:
    """Return the song's own film, where it has one and it is wished for."""
    song = footage.song
    if song.film is None or wish.coach == "drawn":
        return None
    try:
        pictures = FilmInOrder(song.film.path, side_px=720)
    except DanceError:
        return None
    return CoachFilm(song, song.film, footage.terms, pictures)


def _sound(footage: Footage, story: Story, sound_of: Sound) -> tuple[NDArray[np.float32], int]:
    samples, rate = sound_of(footage.song)
    begin_s, end_s = story.slow_s
    slowed = stretched(samples[round(begin_s * rate) : round(end_s * rate)], rate, SLOW)
    return story.sound(samples, slowed, rate), rate


def _room(joints: NDArray[np.float32]) -> tuple[int, int]:
    """Move all joints to the middle of a picture that has room around them; return its size, px."""
    places = joints[joints[..., 2] > 0][:, :2]
    if not len(places):
        return (640, 480)
    wide, high = places.max(axis=0).tolist()
    joints[..., :2] += (wide / 2, high / 2)
    return max(2, round(2 * wide)), max(2, round(2 * high))
