"""What can be typed, word by word: light, so that a mistake is told at once.

A command's own file, which loads what the command needs, is imported when it is to run.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from kpopdance.engines.gpu.precision import PRECISIONS
from kpopdance.engines.names import USUAL_TARGETS
from kpopdance.engines.version import our_version
from kpopdance.realtime.commands.command_line import Parser, a_file, a_number, a_song, a_target
from kpopdance.realtime.commands.option_groups import (
    dance_options,
    network_options,
    settings_options,
    terms_options,
)
from kpopdance.realtime.commands.party_options import PARTY_COMMANDS
from kpopdance.realtime.commands.song_options import SONG_COMMANDS
from kpopdance.realtime.core.reel_wish import SHAPES
from kpopdance.realtime.core.terms import COACHES

if TYPE_CHECKING:
    from kpopdance.realtime.commands.option_groups import Commands

OVER: Final = ("black", "picture", "blur")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; what it reads names the command's file as ``command``."""
    root = Parser(
        prog="kpopdance",
        description="Dance in front of a camera to a K-pop song and be scored fairly. Without a command "
        "the game opens.",
    )
    root.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    root.add_argument(
        "-v", "--verbose", action="store_true", help="tell more on standard error"
    )
    commands = root.add_subparsers(metavar="COMMAND")
    makers = (_build_engine, _import_weights)
    for add in (
        _play, *PARTY_COMMANDS, *SONG_COMMANDS, _quiz, _reel, _board, _report, _score, _pose, _mask,
        _calibrate, _doctor, *makers,
    ):  # fmt: skip
        add(commands)
    return root


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that reads the installed packages' facts."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.exit(message=f"kpopdance {our_version()}\n")


def _play(commands: Commands) -> None:
    parser = commands.add_parser(
        "play", help="dance", description="Open the song list, or dance one song at once.",
    )  # fmt: skip
    parser.add_argument("song", type=a_song, nargs="?", help="a song's name or folder")
    parser.add_argument(
        "--ghost", type=a_file, metavar="FILE",
        help="a replay that somebody sent: it is judged again, and dances beside you; its song need not "
        "be named",
    )  # fmt: skip
    dance_options(parser, headless="no window; needs a song")
    parser.add_argument(
        "--reel", action=argparse.BooleanOptionalAction,
        help="keep your pictures while you dance, so that V on the result page makes a clip of them "
        "(headless: it is written to --out)",
    )  # fmt: skip
    terms_options(parser)
    network_options(parser)
    parser.set_defaults(command="play")


def _quiz(commands: Commands) -> None:
    parser = commands.add_parser(
        "quiz", help="guess the song from the dance",
        description="Guess That Song! A dance loops as a coloured skeleton, without sound; choose its "
        "title. Your own songs are asked for, or the videos masked with kpopdance mask.",
    )  # fmt: skip
    parser.add_argument(
        "--clips", type=a_file, metavar="FOLDER", help="masked videos instead of songs"
    )
    parser.add_argument("--questions", type=int, metavar="N")
    parser.add_argument(
        "--hard",
        action="store_true",
        help="wrong answers are the songs that are danced most alike",
    )
    parser.add_argument("--ladder", action="store_true", help="begin with points of light only")
    parser.add_argument(
        "--group", action="store_true", help="show everybody, not the lead alone"
    )
    parser.add_argument(
        "--seconds",
        type=a_number,
        metavar="S",
        help="for a question; 0: no limit",
    )
    parser.add_argument(
        "--players",
        type=int,
        metavar="N",
        help="up to 4, with buzzers",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--daily", action="store_true", help="today's quiz, the same for all friends"
    )
    which.add_argument("--seed", default="", metavar="WORD", help="the quiz of this word")
    parser.add_argument(
        "--reverse", action="store_true",
        help="you dance anything from your songs, it guesses which",
    )  # fmt: skip
    parser.add_argument("--camera", help="with --reverse; as in play")
    parser.add_argument("--dancer-style", default="", metavar="STYLE", help="as in play")
    parser.add_argument(
        "--fullscreen", action="store_true", help="fill the screen (F11 toggles)"
    )
    network_options(parser)
    parser.set_defaults(command="quiz")


def _reel(commands: Commands) -> None:
    parser = commands.add_parser(
        "reel", help="a kept dance as a film to show",
        description="Write a film of a kept dance (play --replays): you as a skeleton beside the coach, "
        "with the song's sound, the judgements, the best move slowed and the score. A kept "
        "dance holds no picture of you, so none is in it.",
    )  # fmt: skip
    parser.add_argument("replay", type=a_file, metavar="REPLAY", help="a kept dance")
    parser.add_argument(
        "--song", type=a_song, help="its song's name or folder, if it has moved"
    )
    parser.add_argument(
        "-o", "--out", type=a_target, help="file to write (default: here, by song and score)"
    )
    parser.add_argument(
        "--shape", choices=SHAPES, default="tall",
        help="tall for a telephone (default), wide for a screen",
    )  # fmt: skip
    parser.add_argument(
        "--player", default="", metavar="NAME", help="who danced, as it is shown"
    )
    parser.add_argument(
        "--beside", type=a_file, nargs="+", default=[], metavar="REPLAY",
        help="other players' kept dances of this song, up to 5, as of a group: they are seen in the "
        "coach's place, each with their name and score",
    )  # fmt: skip
    parser.add_argument(
        "--card", action="store_true", help="one picture (PNG) with score and best move instead"
    )
    parser.add_argument(
        "--coach", choices=COACHES, help="where the song has a video; as in play"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="reel")


def _board(commands: Commands) -> None:
    parser = commands.add_parser(
        "board", help="who stands where in a folder of replays that a group shares",
        description="Judge the replays in a folder again and print who stands where, song by song. The "
        "folder may be kept alike on several computers by any program; copies count once, files that "
        "are not whole yet wait, and what was edited is refused with the reason.",
    )  # fmt: skip
    parser.add_argument(
        "folder", type=a_file, nargs="?", help="the folder (default: board in the settings)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="board")


def _report(commands: Commands) -> None:
    parser = commands.add_parser(
        "report", help="how a player gets on, as a page for a browser",
        description="Write a page (HTML, it needs no network) with what a player danced: songs, body, "
        "weeks, timing, best moves. With --json, print all that is kept of the player; with --remove, "
        "remove it then, for good.",
    )  # fmt: skip
    parser.add_argument("--player", metavar="NAME", help="whose (default: who played last)")
    parser.add_argument(
        "-o", "--out", type=a_target, help="file to write (default: here, by the player's name)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print all that is kept as one JSON object instead"
    )
    parser.add_argument(
        "--remove", action="store_true",
        help="remove the player named and all that is kept, once it is written or printed",
    )  # fmt: skip
    parser.set_defaults(command="report")


def _score(commands: Commands) -> None:
    parser = commands.add_parser(
        "score", help="score a video of somebody dancing",
        description="Score a player's video against a song, or against another video of the same "
        "dance. Times in the result are song seconds (the reference's seconds).",
    )  # fmt: skip
    parser.add_argument(
        "reference",
        type=a_song,
        nargs="?",
        help="a song's name or folder, or a reference video",
    )
    parser.add_argument("player", type=a_file, nargs="?", help="the video to score")
    parser.add_argument(
        "--replay", type=a_file, metavar="FILE",
        help="judge a kept dance again (play --replays) instead; its song may be named before",
    )  # fmt: skip
    parser.add_argument(
        "--align", default="audio", metavar="audio|none|SECONDS",
        help="how the videos lie over each other: by their sound where both have it (default), "
        "from the first picture, or the player's video begins at this song second",
    )  # fmt: skip
    parser.add_argument(
        "--judge-lag", action="store_true",
        help="two videos: judge a constant lag too; else up to 250 ms of it are forgiven, since "
        "phones record sound and picture apart",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    terms_options(parser)
    network_options(parser)
    parser.set_defaults(command="score")


def _pose(commands: Commands) -> None:
    parser = commands.add_parser(
        "pose", help="find everybody's skeleton in a picture or video",
        description="Find everybody in a picture or video, in OpenPose's JSON (COCO-18 order).",
    )  # fmt: skip
    parser.add_argument("file", type=a_file, help="a picture or a video")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: a picture's people, or a video's frames with theirs",
    )
    parser.add_argument(
        "--out", type=a_target, metavar="OUT",
        help="write the JSON: a file for a picture, a folder with one file a frame for a video",
    )  # fmt: skip
    parser.add_argument(
        "--draw", type=a_target, metavar="OUT", help="write the picture or video drawn over"
    )
    parser.add_argument("--fast", action="store_true", help="a smaller input, twice as fast")
    network_options(parser)
    parser.set_defaults(command="pose")


def _mask(commands: Commands) -> None:
    parser = commands.add_parser(
        "mask", help="mask a video down to its dancers' skeletons",
        description="Replace everybody in a video or animated GIF by OpenPose's coloured skeleton. "
        "Pictures keep their times; mp4, mkv and mov keep the sound.",
    )  # fmt: skip
    parser.add_argument("file", type=a_file, help="a video or an animated GIF")
    parser.add_argument(
        "-o", "--out", type=a_target, required=True, metavar="OUT",
        help="what to write: .gif, .mp4, .mkv or .mov",
    )  # fmt: skip
    parser.add_argument(
        "--over", choices=OVER, default="black",
        help="what the skeletons are drawn over (default black)",
    )  # fmt: skip
    parser.add_argument(
        "--only", metavar="WHO[@S]", default="",
        help="one dancer alone, so that nothing tells how many there are: lead (the largest and "
        "most central), left, middle, right, or a number counted from the left; @S: as they stand "
        "at second S (default: where the most are first seen)",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=a_number, default=0.0, metavar="S", help="begin at second S"
    )
    parser.add_argument("--end", type=a_number, metavar="S", help="end at second S")
    parser.add_argument(
        "--width", type=int, metavar="PX",
        help="of what is written (default: the input's; GIFs at most 480, over pictures 360)",
    )  # fmt: skip
    parser.add_argument(
        "--fps", type=a_number,
        help="pictures per second of a GIF (default 20; a GIF masked keeps its own)",
    )  # fmt: skip
    parser.add_argument("--fast", action="store_true", help="a smaller input, a third faster")
    parser.add_argument(
        "--json", action="store_true", help="print the result as one JSON object"
    )
    network_options(parser)
    parser.set_defaults(command="mask")


def _calibrate(commands: Commands) -> None:
    parser = commands.add_parser(
        "calibrate", help="measure how late speaker and camera are",
        description="Measure how late the speaker is (clap with the clicks, a microphone listens) or "
        "speaker and camera together (strike with both arms). In the game, press D in the song list.",
    )  # fmt: skip
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--microphone", dest="way", action="store_const", const="claps",
        help="clap once with each click, half a minute",
    )  # fmt: skip
    way.add_argument(
        "--arms", dest="way", action="store_const", const="strokes",
        help="strike down with both arms on each click, before the camera",
    )  # fmt: skip
    parser.add_argument(
        "--keep", action="store_true", help="use what was found, with these devices"
    )
    parser.add_argument("--camera", help="as in play")
    parser.add_argument("--dancer-style", default="", metavar="STYLE", help="as in play")
    parser.add_argument("--sound-device", help="part of an output's name")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    network_options(parser)
    parser.set_defaults(command="calibrate")


def _doctor(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor", help="what was found here, and what to do about what is missing",
        description="Open the camera and the sound that are set for a moment; look for a screen, "
        "runtimes and a GPU; say what to do about what is missing.",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="doctor")


def _build_engine(commands: Commands) -> None:
    parser = commands.add_parser(
        "build-engine", help="build a TensorRT engine for an NVIDIA GPU",
        description="Build an engine from a bundled network or an ONNX file of your own (see "
        "kpopdance import-weights), with its facts beside it. TensorRT for RTX builds on any computer.",
    )  # fmt: skip
    parser.add_argument(
        "network",
        metavar="NETWORK|FILE",
        help="openpose, movenet, movenet-lightning, blazepose, blazepose-heavy, or an ONNX file",
    )
    parser.add_argument("--flavour", choices=("auto", "tensorrt", "rtx"), default="auto")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp16",
        help="int8: of an ONNX file with Q/DQ nodes (default: fp16)",
    )  # fmt: skip
    parser.add_argument(
        "--size",
        metavar="HxW",
        help="input in px (default: all that the game asks for with usual cameras)",
    )
    parser.add_argument("--min", metavar="HxW", help="least input, where it may vary")
    parser.add_argument("--max", metavar="HxW", help="most input, where it may vary")
    parser.add_argument("--batch", type=int, default=1, help="crops in one go, at most")
    parser.add_argument(
        "--targets", metavar="CC[,CC...]",
        help="rtx: compute capabilities, e.g. 8.6,8.9 (default "
        f"{','.join(USUAL_TARGETS)})",
    )  # fmt: skip
    parser.add_argument("--portable", action="store_true", help="rtx: for all it knows")
    parser.add_argument("--out", type=a_target, help="folder (default: the user's cache)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command="build_engine")


def _import_weights(commands: Commands) -> None:
    parser = commands.add_parser(
        "import-weights", help="make a network for --model of OpenPose weights you have",
        description="Turn OpenPose's own prototxt and caffemodel (COCO-18 or BODY_25), or Lightweight "
        "OpenPose's PyTorch checkpoint, into a network for --model. The files are only read.",
    )  # fmt: skip
    parser.add_argument(
        "files", type=a_file, nargs="+", metavar="FILE",
        help="OpenPose's prototxt and caffemodel, or Lightweight OpenPose's checkpoint",
    )  # fmt: skip
    parser.add_argument("--out", type=a_target, help="ONNX file (default: among your networks)")
    parser.set_defaults(command="import_weights")
