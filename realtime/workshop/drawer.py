"""Where a draft lies while it is worked on: kept edit by edit, and made a song, beside the window."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.studio.drafts import keep, saved
from kpopdance.realtime.studio.new_song import learn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.devices.video_file import VideoFile
    from kpopdance.realtime.studio.drafts import KeptDraft
    from kpopdance.realtime.studio.editing import Draft, History
    from kpopdance.realtime.workshop.kit import WorkKit

log = logging.getLogger(__name__)


class Drawer:
    """Keeps a draft; ``history`` may be set at any time, and is on the disk soon after."""

    def __init__(self, kit: WorkKit, kept: KeptDraft) -> None:
        self._kit, self._kept = kit, kept
        self.history: History = kept.history
        self._written = kept.history
        self._in_song: Draft | None = kept.draft if kept.pack is not None else None
        self._keeping: Future[KeptDraft] | None = None
        self._saving: Future[KeptDraft] | None = None
        self._share = 0.0

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        return self.history.now

    @property
    def in_song(self) -> bool:
        """Whether the song is as the draft is."""
        return self._in_song is self.draft

    @property
    def words(self) -> str:
        """How far it is kept, in words."""
        if self._saving is not None:
            return _("writing the song ... {percent:.0f} %", percent=100 * self._share)
        if self.in_song:
            return _("as in your songs")
        return _("kept as a draft") if self._in_song is None else _("kept; not in the song yet")

    def step(self) -> None:
        """Keep what was edited, one writing after the other. Raises DanceError where it cannot be."""
        keeping = self._keeping
        if keeping is not None and keeping.done():
            self._keeping = None
            try:
                keeping.result()
            except DanceError as why:
                raise type(why)(_("What you edit is not kept: {why}", why=why)) from None
            self._kept = replace(self._kept, whole=True)
        if self._keeping is None and self._saving is None and self._written is not self.history:
            kept, self._written = self._now(), self.history
            self._keeping = beside(lambda: keep(kept))

    def save(self) -> None:
        """Write the song beside the window, unless that is being done."""
        if self._saving is not None:
            return
        kit, kept, keeping = self._kit, self._now(), self._keeping

        def save() -> KeptDraft:
            if keeping is not None:
                keeping.exception()
            done = saved(keep(kept), kit.library, self._watching)
            assert done.pack is not None
            learn(done.pack, kit.library, kit.terms)
            return done

        self._share, self._saving = 0.0, beside(save)

    def song(self) -> Path | None:
        """Return the song once it is written, None before. Raises DanceError where it cannot be."""
        if self._saving is None or not self._saving.done():
            return None
        saving, self._saving = self._saving, None
        self._kept = saving.result()
        self._written, self._in_song = self._kept.history, self._kept.draft
        return self._kept.pack

    def close(self) -> None:
        """Keep what was edited last; where the song is being written just then, that ends first."""
        if self._keeping is not None:
            self._keeping.exception()
        if self._written is self.history:
            return
        if self._saving is not None and self._saving.exception() is None:
            self._kept = self._saving.result()
        try:
            keep(self._now())
        except DanceError as why:
            log.warning("what was edited is not kept: %s", why)

    def _now(self) -> KeptDraft:
        return replace(self._kept, history=self.history)

    @contextmanager
    def _watching(self, video: VideoFile) -> Iterator[Callable[[Frame], None]]:
        """Tell how far the film is that is written into the song."""
        length_s = video.info.length_s or np.inf

        def told(frame: Frame) -> None:
            self._share = min(frame.captured_s / length_s, 1.0)

        yield told
