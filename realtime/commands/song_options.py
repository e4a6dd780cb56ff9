"""What can be typed to make, correct and share songs, word by word."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.commands.command_line import a_file, a_number, a_song, a_target
from kpopdance.realtime.commands.option_groups import network_options, settings_options

if TYPE_CHECKING:
    from kpopdance.realtime.commands.option_groups import Commands

EXPORTS: Final = ("pack", "openpose", "csv", "bvh", "c3d")
EDITS: Final = (
    ("swap", "A,B@S[-S]", "two change places from S on, or from S to S"),
    ("cut", "A@S", "who is A from S on is somebody else"),
    ("join", "A,B", "B is A too"),
    ("drop", "A[,B...]", "is no member"),
    ("keep", "A[,B...]", "is a member, after all"),
    ("name", "A=NAME", "what A is called"),
    ("lead", "A", "who is copied"),
    ("bpm", "BPM[@S]", "beats per minute, and the song second of a first beat"),
    ("offset", "S", "the song second of a first beat"),
    ("section", "[NAME]@S", "a section begins there; without a name, none does"),
    ("chorus", "S", "the preview begins there"),
    ("mirrored", "yes|no", "whether the video shows the dance as a mirror does"),
    ("title", "TEXT", "the song's title"),
    ("artist", "TEXT", "who performs it"),
)
"""The edits of ``realtime/studio/editing.py``, what is told with each, and what it does."""


def _record(commands: Commands) -> None:
    parser = commands.add_parser(
        "record", help="make a song pack from a dance video",
        description="Find everybody who dances in a video, follow every joint, take the sound, and "
        "write a song pack into your library. Ends with a report of how well everything was seen.",
    )  # fmt: skip
    parser.add_argument(
        "video", type=a_file,
        help="a dance video (mp4, webm, mov, avi ...); a folder of them, or a list (.txt, a path a "
        "line); or a folder of OpenPose's JSON (BODY_25, COCO)",
    )  # fmt: skip
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="several videos: so many at once (default 1)",
    )
    parser.add_argument(
        "--cluster", default="", metavar="ADDRESS",
        help="several videos: on the workers of a Dask cluster, e.g. tcp://studio:8786, that see the "
        "same folders",
    )  # fmt: skip
    parser.add_argument(
        "--title", help="the song's title; the video's tags or name if left out"
    )
    parser.add_argument("--artist", default="", help="who performs it; found in the same way")
    parser.add_argument(
        "--language", dest="sung", default="ko", help="of the song, e.g. ko, en (default ko)"
    )
    parser.add_argument("--licence", default="private use", help="what others may do with it")
    parser.add_argument(
        "--bpm", type=a_number, help="beats per minute; heard from the music if left out"
    )
    parser.add_argument("--offset", type=a_number, help="song second of a first beat")
    parser.add_argument(
        "--dancer", metavar="N[,M...]", default="",
        help="who becomes a member, counted from the left, from 1: first those who dance, then "
        "everybody else (default: all who dance)",
    )  # fmt: skip
    parser.add_argument(
        "--mirrored", action="store_true",
        help="the video shows the dance as a mirror does (mirrored practice videos say so)",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true",
        help="go on with a video where it was broken off; done without asking too",
    )  # fmt: skip
    parser.add_argument("--audio", type=a_file, help="take the sound from this file instead")
    _film_options(parser)
    parser.add_argument(
        "--fps",
        type=a_number,
        default=30.0,
        help="pictures a second of OpenPose's JSON (default 30)",
    )
    parser.add_argument("--out", type=a_target, help="folder to write (default: your library)")
    parser.add_argument("--replace", action="store_true", help="replace an existing pack")
    parser.add_argument(
        "--json", action="store_true", help="print the report as one JSON object"
    )
    network_options(parser)
    parser.set_defaults(command="record")


def _film_options(parser: argparse.ArgumentParser) -> None:
    """Add --keep-video, --link-video and --no-video."""
    film = parser.add_mutually_exclusive_group()
    for what, told in (
        ("keep", "keep the video in the pack, small, to be the coach on the stage (default)"),
        ("link", "keep its path alone: it is the coach as long as it lies there"),
        ("no", "a drawn coach"),
    ):
        film.add_argument(
            f"--{what}-video", dest="film", action="store_const", const=what, help=told
        )
    parser.set_defaults(film="keep")


def _edit(commands: Commands) -> None:
    parser = commands.add_parser(
        "edit", help="correct a song: who is who, names, lead, beats, sections",
        description="Correct a song of yours: the edits are done in the order in which they are typed, "
        "and the song is written anew. Members are named by their number or their name; S are song "
        "seconds. Without an edit, tells what there is.",
    )  # fmt: skip
    parser.add_argument(
        "song", type=a_song, help="a song's name or folder, or a video that is being made one"
    )
    for word, told, what in EDITS:
        parser.add_argument(f"--{word}", action=_Edit, dest="edits", metavar=told, help=what)
    parser.add_argument(
        "--undo", type=int, default=0, metavar="N", help="first undo the last N edits"
    )
    parser.add_argument(
        "--save", action="store_true", help="make a song of a video that is none yet"
    )
    parser.add_argument(
        "--throw-away",
        action="store_true",
        help="remove the draft of a video that is no song yet",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would come of it, and write nothing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="edit", edits=())


class _Edit(argparse.Action):
    """Collects the edits of all their options in the order in which they are typed."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object,
        option_string: str | None = None,
    ) -> None:  # fmt: skip
        word = (option_string or self.option_strings[0]).removeprefix("--")
        namespace.edits = (*namespace.edits, (word, str(values)))


def _songs(commands: Commands) -> None:
    parser = commands.add_parser(
        "songs", help="list and check song packs",
        description="List all song packs, or the named ones, and check them; exit code 2 where "
        "one is damaged.",
    )  # fmt: skip
    parser.add_argument(
        "song", type=a_song, nargs="*", help="names or folders; all songs if left out"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="songs")


def _quality(commands: Commands) -> None:
    parser = commands.add_parser(
        "quality", help="how well a song was recorded, as a page for a browser",
        description="Write a page (HTML, it needs no network) that shows who was seen, guessed or not "
        "seen when, where everybody stands, the beats, and what to film again.",
    )  # fmt: skip
    parser.add_argument("song", type=a_song, help="a song's name or folder")
    parser.add_argument(
        "--out", type=a_target, help="file to write (default: here, by the song's name)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the same as one JSON object instead"
    )
    settings_options(parser)
    parser.set_defaults(command="quality")


def _export(commands: Commands) -> None:
    parser = commands.add_parser(
        "export", help="a song as one file to share, or its dance for other programs",
        description="Write a song into one file that others import, without its sound: most songs "
        "belong to somebody else, and who gets it has the song already. Or write its dance for other "
        "programs.",
    )  # fmt: skip
    parser.add_argument("song", type=a_song, help="a song's name or folder")
    parser.add_argument(
        "--as", dest="kind", choices=EXPORTS, default="pack",
        help="openpose: a folder of OpenPose's JSON; csv, bvh, c3d: one with a table, a file a member "
        "(default: pack)",
    )  # fmt: skip
    parser.add_argument(
        "--with-sound", dest="sound", action="store_true",
        help="pack: put the sound in; only where you may give it away",
    )  # fmt: skip
    parser.add_argument(
        "--with-video", dest="film", action="store_true",
        help="pack: put the video in that it keeps or links; only where you may give it away",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=a_target, help="file or folder to write (default: here, by its name)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="export")


def _import(commands: Commands) -> None:
    parser = commands.add_parser(
        "import", help="a song that somebody shared, into your library",
        description="Put a shared song into your library. Where its sound is left out, your own file of "
        "the song is looked for by how it sounds: any format, any cut, any silence before it.",
    )  # fmt: skip
    parser.add_argument("file", type=a_file, help="a .kpopdance file")
    parser.add_argument(
        "--audio", type=a_file, metavar="FILE",
        help="your file of the song, or a folder where it may be (default: your music folder)",
    )  # fmt: skip
    parser.add_argument("--out", type=a_target, help="folder to write (default: your library)")
    parser.add_argument("--replace", action="store_true", help="replace an existing pack")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    settings_options(parser)
    parser.set_defaults(command="import_song")


SONG_COMMANDS: Final = (_record, _edit, _songs, _quality, _export, _import)
