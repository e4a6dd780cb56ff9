"""kpopdance play: the game, with a window or without."""

from __future__ import annotations

import dataclasses
import json
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_folder, refusing, sweep, write_beside
from kpopdance.engines.files import part_of as part_file
from kpopdance.engines.texts import one_form
from kpopdance.engines.tongues import _
from kpopdance.engines.version import our_version
from kpopdance.realtime.commands.cameras import Cameras
from kpopdance.realtime.commands.common import (
    cache_folder,
    eyes_for_film,
    eyes_from,
    report_json,
    report_words,
)
from kpopdance.realtime.commands.filming import reel_of
from kpopdance.realtime.commands.fitting import fitting_of
from kpopdance.realtime.commands.onlookers import Snapshot, seen_by
from kpopdance.realtime.commands.sound import (
    Sounding,
    counted,
    counted_down,
    part_of,
    samples_of,
    stretched,
)
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import say_missing, settings_from, terms_from
from kpopdance.realtime.core.health import LEAST_LOOKS
from kpopdance.realtime.dance.foresight import ENOUGH
from kpopdance.realtime.dance.keeping import Keeping
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.dance.on_air import OnAir
from kpopdance.realtime.dance.performance import Outcome, open_performance
from kpopdance.realtime.dance.unseen import dance_unseen
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.library.pack_reader import find_pack, load_pack, pack_folders
from kpopdance.realtime.library.settings import settings_file
from kpopdance.realtime.library.store import Store, store_file
from kpopdance.realtime.party.ghosts import met_in
from kpopdance.realtime.quiz.rules import Rules
from kpopdance.realtime.shell.beside import Later, Warmth
from kpopdance.realtime.shell.songs import Songs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Pictures
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.ghost_dance import GhostDance
    from kpopdance.realtime.dance.performance import Performance
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.film_reel import FilmReel
    from kpopdance.realtime.devices.picture_keeper import PictureKeeper
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.party.ghosts import Met
    from kpopdance.realtime.quiz.game import QuizKit
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.shell.pages import Page
    from kpopdance.realtime.studio.bringing import Brought
    from kpopdance.realtime.workshop.films import Workshop

COVER_PX: Final = 200
SETTLE_S: Final = 10.0  # longest wait at the end for networks that are being opened
OF_EYES: Final = ("network", "model", "engine", "threads", "thorough", "crop_px")
"""Settings that another network, or the same opened otherwise, must be opened for."""
RESULT_BYTES: Final = 1_000_000  # of two such pictures and the result, at least


def run(args: argparse.Namespace) -> int:
    """Play."""
    settings = settings_from(args)
    say_missing(settings)
    for asked, kept_in in (
        (args.replays, settings.replay_folder), (args.on_air, settings.on_air_folder),
    ):  # fmt: skip
        if asked and kept_in is not None:
            check_folder(kept_in)
    folder = find_pack(args.song, settings.libraries) if args.song else None
    met = None if args.ghost is None else _ghost(args, settings, folder)
    ghost = None if met is None else met.ghost
    song = folder if met is None else met.song
    if args.headless and song is None:
        known = ", ".join(f.name for f in pack_folders(settings.libraries))
        raise DanceError(
            f"--headless needs a song: kpopdance play SONG --headless; songs: {known}"
        )
    if args.mirrored and song is None:
        raise DanceError("--mirrored needs a song; in the song list press T instead")
    if args.headless and song is not None:
        pack = load_pack(song) if isinstance(song, Path) else song
        return unseen(args, settings, pack, _terms(args, settings, ghost), ghost)

    def first(game: Game) -> Page:
        game.ghost = ghost
        if args.mirrored and folder is not None:
            game.turn(one_form(folder.name))
        return _first_page(game, song)

    return windowed(args, settings, first)


def _terms(args: argparse.Namespace, settings: Settings, ghost: GhostDance | None) -> Terms:
    """Return the terms that are asked for; beside a ghost, its own."""
    return terms_from(settings, args) if ghost is None else ghost.terms


def _ghost(args: argparse.Namespace, settings: Settings, folder: Path | None) -> Met:
    """Return the ghost in a file, judged again; said is what an older scoring gave it."""
    if args.mirrored or args.strictness or args.body:
        raise DanceError(
            "beside a ghost its terms hold; leave out --strictness, --body and --mirrored"
        )
    met = met_in(args.ghost, settings.libraries)
    if folder is not None and not (isinstance(met.song, Path) and folder.samefile(met.song)):
        raise DanceError(
            f"{args.ghost}: dances {met.ghost.title}; leave the song out, or name it"
        )
    say(met.told or f"{met.ghost.name}: {met.ghost.score:.1f} points, judged again here")
    return met


class Readying:
    """What is told while the devices are made ready, for the page that waits for them."""

    def __init__(self) -> None:
        self._words = ""
        self._left = threading.Event()

    def tell(self, words: str) -> None:
        """Tell what takes long now."""
        self._words = words

    def news(self) -> str:
        """Return what takes long now."""
        return self._words

    def leave(self) -> None:
        """Nobody waits any more: end before the next look."""
        self._left.set()

    def go_on(self) -> None:
        """Raise where nobody waits any more."""
        if self._left.is_set():
            raise DanceError("nobody waits for the game any more")


def make_kit(
    settings: Settings, style: str = "", ready: Readying | None = None,
    kept_in: Path | None = None, *, first: bool = False,
) -> Kit:  # fmt: skip
    """Return the devices as the settings want them; the camera opens with the song.

    What a player sets is ``kept_in`` a file, None: the usual one; ``first``: nothing was set yet.
    """
    clock, told = PerfClock(), ready or Readying()
    cameras, sounding = Cameras(settings, clock, style), Sounding(settings, clock)

    def refit(kit: Kit, settings: Settings) -> Kit:
        before, sounding.settings = sounding.settings, settings
        cameras.ask(settings)
        kit = dataclasses.replace(
            kit, settings=settings, picture_size=cameras.picture_size, keeps_scores=cameras.live
        )
        if all(getattr(before, key) == getattr(settings, key) for key in OF_EYES):
            return kit
        return dataclasses.replace(
            kit, seeing=Later(lambda: _eyes(settings, told)), warmth=Warmth()
        )

    return Kit(
        seeing=Later(lambda: _eyes(settings, told)), clock=clock, settings=settings,
        store=Store(store_file()),
        open_camera=cameras.open, close_camera=cameras.close,
        open_speaker=sounding.speaker,
        read_audio=samples_of, close=cameras.shut, keeps_scores=cameras.live,
        turn_camera=cameras.turn, camera_health=lambda: cameras.health,
        news=told.news, version=our_version(), picture_size=cameras.picture_size, refit=refit,
        bring=lambda path, audio: _brought(path, settings.libraries[0], audio),
        open_film=_film, read_cover=_cover, read_part=part_of, stretch=stretched, count=counted,
        countdown=counted_down,
        keep_pictures=_keeper,
        fitting=fitting_of(cameras, kept_in, first=first),
        open_microphone=sounding.microphone,
        device_names=lambda: (sounding.name, cameras.name),
    )  # fmt: skip


def _film(path: Path) -> Pictures:
    from kpopdance.realtime.devices.moving_film import MovingFilm  # few songs have one

    return MovingFilm(path)


def _keeper() -> PictureKeeper:
    from kpopdance.realtime.devices.picture_keeper import PictureKeeper  # few dances are filmed

    folder = cache_folder()
    with refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        part = part_file(folder / "reel.mkv")
        keeper = PictureKeeper(part)
        sweep(folder, part.stat().st_mtime)
    return keeper


def _cover(path: Path) -> NDArray[np.uint8]:
    from kpopdance.realtime.devices.video_file import small_picture

    return small_picture(path, COVER_PX)


def _brought(path: Path, library: Path, audio: Path | None) -> Brought:
    from kpopdance.realtime.studio.bringing import bring  # not for every start

    return bring(path, library, audio=audio)


def _eyes(settings: Settings, ready: Readying) -> Eyes:
    """Return the networks; then nothing takes long any more."""
    eyes = eyes_from(settings, ready.tell, ready.go_on)
    ready.tell("")
    return eyes


def windowed(
    args: argparse.Namespace, settings: Settings, first_page: Callable[[Game], Page]
) -> int:
    """Play in a window, from a first page on."""
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.home.hands_on import HandsOn
    from kpopdance.realtime.shell.pages import Shell
    from kpopdance.realtime.shell.reaching import Reaching

    window, ready = GameWindow(on_air=settings.on_air_window), Readying()
    songs = Songs(settings.libraries)
    first = args.camera is None and args.settings is None and not settings_file().is_file()
    kit = make_kit(settings, args.dancer_style, ready, args.settings, first=first)
    game = Game(
        kit, songs, lambda back: _quiz(game, window, back), partial(_studio, kit), window.stage
    )
    try:
        if args.fullscreen:
            window.toggle_fullscreen()
        reaching = Reaching(HandsOn(game))
        shell = Shell(window, PerfClock(), window.drops, window.hand, reaching)
        shell.run(first_page(game))
    finally:
        window.close()
        ready.leave()
        game.settle()
        if game.kit.seeing.begun:
            with suppress(DanceError, TimeoutError):
                game.kit.seeing.begin().result(SETTLE_S)
        kit.close()
    _told(game, as_json=args.json)
    return 0


def _first_page(game: Game, song: Path | SongPack | None) -> Page:
    """Return the song list, or the dance that was asked for as soon as the networks are open."""
    from kpopdance.realtime.game.listing import first_page
    from kpopdance.realtime.shell.pages import Waiting

    if song is None:
        return first_page(game)
    words = ("KPOP DANCE", "Getting ready ...")
    return Waiting(
        game.backdrop, words, game.kit.seeing.begin(), lambda _: first_page(game, song), None,
        game.kit.news,
    )  # fmt: skip


def _quiz(game: Game, window: GameWindow, back: Page) -> Page:
    """Return the first page of a quiz in front of the song list."""
    from kpopdance.realtime.commands.quiz import Learning, quiz_kit
    from kpopdance.realtime.quiz.game import quiz_page

    settings, songs = game.kit.settings, game.songs

    def kit() -> QuizKit:
        kit = quiz_kit(settings, Rules(), Learning(songs))
        return dataclasses.replace(kit, store=game.kit.store)

    return quiz_page(kit, window.copy, back, news=lambda: songs.progress)


def _studio(kit: Kit, backdrop: Backdrop, back: Page, done: Callable[[Path], Page]) -> Workshop:
    """Return what leads from the song list to where songs are made."""
    from platformdirs import user_videos_path

    from kpopdance.realtime.workshop.films import Workshop
    from kpopdance.realtime.workshop.kit import WorkKit

    settings, films = kit.settings, user_videos_path()
    work = WorkKit(
        kit.clock, settings.libraries[0], films if films.is_dir() else Path.home(), cache_folder(),
        settings.terms, lambda film, tell: eyes_for_film(film, settings, tell), _film_reel, samples_of,
        lambda samples, rate: kit.open_speaker(samples, rate, 0.0, 1.0),
    )  # fmt: skip
    return Workshop(work, backdrop, back, done)


def _film_reel(path: Path) -> FilmReel:
    from kpopdance.realtime.devices.film_reel import FilmReel

    return FilmReel(path)


def _told(game: Game, *, as_json: bool) -> None:
    """Print what was danced, and store what could not be stored before."""
    dances = []
    for outcome in game.outcomes:
        dance = report_json(outcome.report, game.kit.eyes) | health_json(outcome)
        dances.append(dance | {"kept": _kept_at_last(outcome)})
        if not as_json:
            print_result(report_words(outcome.report))
        say(timing_words(outcome))
    if as_json:
        print_json({"dances": dances})


def health_json(outcome: Outcome) -> dict[str, Any]:
    """Return what was the matter with the devices during a dance."""
    return {
        "health": [dataclasses.asdict(report) for report in outcome.health],
        "foreseen": [dataclasses.asdict(report) for report in outcome.foreseen],
    }


def _kept_at_last(outcome: Outcome) -> dict[str, Any]:
    """Return what is stored of a dance; what could not be stored is tried once more, and said."""
    if outcome.saving is None:
        return {}
    keeping = outcome.saving.result()
    if keeping.reasons:
        keeping.store()
    return keeping.facts


def unseen(
    args: argparse.Namespace, settings: Settings, song: SongPack, terms: Terms,
    ghost: GhostDance | None = None,
) -> int:  # fmt: skip
    """Dance a song without a window; print and write what it left."""
    if args.on_air_window:
        raise DanceError("--headless opens no window; leave out --on-air-window")
    if args.out is not None:
        check_folder(args.out, needs_bytes=RESULT_BYTES)
    kit = make_kit(settings, args.dancer_style)
    kit.seeing.result()  # what is wrong with the networks is said before all else
    say(f"dancing {song.title}, {song.length_s:.0f} s, without a window")
    snapshot, on_air = Snapshot(args.out, song), OnAir(settings.on_air_folder)
    try:
        performance = open_performance(kit, song, terms)
        _warn(performance)
        outcome = dance_unseen(performance, seen_by(on_air, snapshot, ghost))
    finally:
        on_air.end()
        kit.close()
    keeping = Keeping(kit, outcome, song, terms).store()
    result = report_json(outcome.report, kit.eyes) | health_json(outcome) | {
        "timing": timing(outcome), "kept": keeping.facts,
    }  # fmt: skip
    if ghost is not None:
        result["ghost"] = {"player": ghost.name, "score": round(ghost.score, 1)}
        say(ghost.told(outcome.report))
    _tell_unseen(outcome, result, as_json=args.json)
    if args.out is not None:
        snapshot.save(outcome)
        path = args.out / "result.json"
        write_beside(path, json.dumps(result, ensure_ascii=False, indent=1))
        say(f"wrote {path}, {args.out / 'dance.png'} and {args.out / 'result.png'}")
        reel_of(kit, song, outcome, terms, args.out / "reel.mp4")
    return 0


def _warn(performance: Performance) -> None:
    """Say what is foreseen to go wrong in a dance that nobody looks at."""
    if performance.film_trouble:
        say(f"warning: {performance.film_trouble}")
    for report in performance.foreseen:
        say(f"warning: {report.words} {_(ENOUGH, looks=LEAST_LOOKS)}")


def _tell_unseen(outcome: Outcome, result: dict[str, Any], *, as_json: bool) -> None:
    """Print what a dance without a window was worth."""
    for report in outcome.health:
        say(report.words)
    say(timing_words(outcome))
    if as_json:
        print_json(result)
    else:
        print_result(report_words(outcome.report))


def timing(outcome: Outcome) -> dict[str, Any]:
    """Return p50 and p99 in ms of drawn frames and of capture to verdict, and the underruns."""
    return {
        "frame_ms": _percentiles(outcome.frame_s[1:]),
        "capture_to_verdict_ms": _percentiles(outcome.took_s),
        "poses": len(outcome.took_s),
        "underruns": outcome.underruns,
    }


def timing_words(outcome: Outcome) -> str:
    """Return the timing in one line."""
    told = timing(outcome)
    frame, pose = told["frame_ms"], told["capture_to_verdict_ms"]
    drawn = f"frame {frame['p50']:.1f} ms p50, {frame['p99']:.1f} p99; " if frame else ""
    seen = (
        f"capture to verdict {pose['p50']:.1f} ms p50, {pose['p99']:.1f} p99; " if pose else ""
    )
    return f"timing: {drawn}{seen}{told['poses']} poses; underruns: {told['underruns']}"


def _percentiles(seconds: list[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    p50, p99 = np.percentile(np.array(seconds) * 1000, [50, 99])
    return {"p50": round(float(p50), 2), "p99": round(float(p99), 2)}
