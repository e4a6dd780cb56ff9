"""A dance as a film to show: players, or one beside the coach, what was judged, and the song's sound."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.dance.coach_film import CoachFilm
from kpopdance.realtime.dance.footage import facts_of
from kpopdance.realtime.dance.reel_player import EARLY_S, ReelPlayers
from kpopdance.realtime.dance.reel_several import Several
from kpopdance.realtime.dance.reel_story import FPS, SLOW, Shot, Story
from kpopdance.realtime.devices.film_in_order import FilmInOrder
from kpopdance.realtime.devices.film_surface import film_surface, picture_on
from kpopdance.realtime.devices.stretched import stretched
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.devices.window import save_picture
from kpopdance.realtime.screens.reel import ReelScreen
from kpopdance.realtime.screens.reel_layout import panes_of
from kpopdance.realtime.screens.reel_view import CardView, ReelView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.reel_wish import ReelWish
    from kpopdance.realtime.dance.footage import Footage
    from kpopdance.realtime.library.songpack import SongPack

    Sound = Callable[[SongPack], tuple[NDArray[np.float32], int]]

ENCODER: Final = {"preset": "superfast", "crf": "22", "g": "60"}
JUDGED_S: Final = 0.4
"""So long after a move its judgement stands whole."""


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
    with (
        closing(VideoWriter(out, FPS, ENCODER)) as writer,
        closing(Reel(footage, wish)) as reel,
    ):
        story = reel.story
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
        until_s = footage.danced.length_s
        self._several = Several(footage, until_s) if footage.others else None
        self.story = (
            Story(footage.report, until_s)
            if self._several is None
            else Story(replace(footage.report, best=None), until_s, self._several.best)
        )
        self.surface = film_surface(wish.size)
        self._footage, self._wish = footage, wish
        self._screen = ReelScreen(wish.size, facts_of(footage))
        everybody = footage.players
        panes = [pane.size for pane in panes_of(wish.size, len(everybody))]
        self._players = ReelPlayers(everybody, wish, self.story.dance_s, panes)
        self._coach = None if footage.others else _coach(footage, wish)
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
        several = self._several
        you = self._players[0] if several is None else None
        return ReelView(
            shot.song_s,
            None if you is None else you.film(shot.song_s),
            None if you is None else you.figure(shot.song_s),
            film,
            self._members[row], self._footage.danced.lead, self._wish.mirror,
            self._footage.report.score if slowed else stands.score,
            self._footage.report.stars if slowed else stands.stars,
            0 if slowed else stands.combo,
            self.story.best if slowed else stands.verdict, stands.age_s, SLOW if slowed else 1.0,
            () if several is None else several.views(shot, self._players),
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the films."""
        self._players.close()
        if self._coach is not None:
            self._coach.close()


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
