"""What the settings file and the command line ask for, together."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kpopdance.realtime.commands.speaking import say
from kpopdance.realtime.library.own_languages import speak_in
from kpopdance.realtime.library.settings import Settings, read_settings

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.core.terms import Terms


def terms_from(settings: Settings, args: argparse.Namespace) -> Terms:
    """Return the terms that settings and command line ask for."""
    return dataclasses.replace(settings.terms, mirrored=args.mirrored)


def settings_from(args: argparse.Namespace) -> Settings:
    """Return the settings file's settings with what the command line says instead; speak as they ask."""
    settings = read_settings(getattr(args, "settings", None))
    names = {field.name for field in dataclasses.fields(Settings)}
    said = {k: v for k, v in vars(args).items() if k in names and v is not None}
    if "library" in said:
        said["library"] = tuple(said["library"])
    settings = dataclasses.replace(settings, **said)
    speak_in(settings.language)
    return settings


def say_missing(settings: Settings) -> None:
    """Say which folders of the player's own songs are none, before songs are looked for."""
    for told in settings.missing_libraries:
        say(f"warning: {told}")
