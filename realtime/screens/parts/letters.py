"""Text of any script as pictures: each sign is drawn by the first font that has it.

The fonts that come with the game are one design. The first, small, has what most pages show; the others
are opened when a text asks for one of their signs. After them come the system's, if there are any.
"""

from __future__ import annotations

import io
import sys
import unicodedata
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.texts import JOINERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpopdance.realtime.screens.parts.theme import Colour

FOLDER: Final = Path(__file__).parents[1] / "fonts"
FONTS: Final = tuple(
    FOLDER / name
    for name in (
        "NotoSansKR-Bold-subset.otf",
        "NotoSans-Bold-subset.ttf",
        "NotoSansKR-Bold-rest.otf",
    )
)
_NOTO: Final = Path("/usr/share/fonts/truetype/noto")
SYSTEM_FONTS: Final = {
    "linux": (
        Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
        *(_NOTO / f"NotoSans{script}-Bold.ttf" for script in (
            "Arabic", "Hebrew", "Thai", "Devanagari", "Bengali", "Tamil", "Telugu", "Lao", "Khmer",
            "Myanmar", "Georgian", "Armenian", "Ethiopic",
        )),
    ),
    "win32": tuple(
        Path("C:/Windows/Fonts") / name
        for name in (
            "segoeuib.ttf", "LeelaUIb.ttf", "Nirmala.ttf", "Nirmala.ttc", "ebrimabd.ttf",
            "seguisym.ttf",
        )
    ),
    "darwin": (Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),),
}  # fmt: skip
"""Of the scripts that ours lack, where each system has them."""
PROBE_PX: Final = 200
"""So large, no sign measures the same as what stands for one that is missing."""
NO_SIGN: Final = "\U000f0000"


class Letters:
    """Measures and draws lines of text."""

    def __init__(self) -> None:
        pygame.font.init()
        self._files = (*FONTS, *SYSTEM_FONTS.get(sys.platform, ()))
        self._typefaces: dict[int, bytes] = {}
        self._probes: dict[int, tuple[pygame.Font, object] | None] = {}
        self._of: dict[str, int] = {}
        self._fonts: dict[tuple[int, int], pygame.Font] = {}

    def font(self, px: int, which: int = 0) -> pygame.Font:
        """Return a font at a size; from memory, since each size of a file by name would hold it open."""
        if (which, px) not in self._fonts:
            self._fonts[which, px] = pygame.Font(io.BytesIO(self._typeface(which)), px)
        return self._fonts[which, px]

    def width(self, text: str, px: int) -> int:
        """Return how wide a line is, px."""
        return sum(self.font(px, which).size(run)[0] for which, run in self._runs(text))

    def render(self, text: str, px: int, colour: Colour) -> pygame.Surface:
        """Return a line drawn, as high as the first font is, or higher where a sign needs it."""
        runs = [(self.font(px, which), run) for which, run in self._runs(text)]
        if len(runs) == 1 and runs[0][0] is self.font(px):
            return runs[0][0].render(text, True, colour)
        first = self.font(px)
        drawn = [(font, font.render(run, True, colour)) for font, run in runs]
        wide = sum(part.get_width() for _font, part in drawn)
        line = pygame.Surface((wide, first.get_height()), pygame.SRCALPHA)
        line.fill((*colour, 0))
        left = 0
        for font, part in drawn:
            line.blit(part, (left, first.get_ascent() - font.get_ascent()))
            left += part.get_width()
        return line

    def has(self, sign: str) -> bool:
        """Say whether any font has a sign."""
        return self._holds(self._which(sign), sign)

    def _runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield a text's parts that one font draws each, with its number."""
        if text.isascii():
            yield 0, text
            return
        before, numbers = 0, []
        for sign in text:
            if sign not in JOINERS and not unicodedata.combining(sign):
                before = self._which(sign)
            numbers.append(before)
        for which, pairs in groupby(zip(numbers, text, strict=True), key=lambda pair: pair[0]):
            yield which, "".join(sign for _number, sign in pairs)

    def _which(self, sign: str) -> int:
        """Return the number of the font that draws a sign; the first, if none has it."""
        if sign not in self._of:
            holding = (k for k in range(len(self._files)) if self._holds(k, sign))
            self._of[sign] = next(holding, 0)
        return self._of[sign]

    def _holds(self, which: int, sign: str) -> bool:
        probe = self._probe(which)
        if probe is None:
            return False
        font, missing = probe
        return sign.isspace() or font.metrics(sign)[0] not in (None, missing)

    def _probe(self, which: int) -> tuple[pygame.Font, object] | None:
        """Return what measures a font's signs, and what it says of those it lacks; None: no font."""
        if which not in self._probes:
            try:
                font = self.font(PROBE_PX, which)
                self._probes[which] = font, font.metrics(NO_SIGN)[0]
            except (OSError, pygame.error):  # of the system's, some are there
                self._probes[which] = None
        return self._probes[which]

    def _typeface(self, which: int) -> bytes:
        if which not in self._typefaces:
            self._typefaces[which] = self._files[which].read_bytes()
        return self._typefaces[which]
