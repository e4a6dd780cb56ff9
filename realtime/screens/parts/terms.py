"""On which terms will be danced, as chips, with what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.screens.parts.theme import Theme

STRICTNESS_MEANS: Final = {
    N_("kids"): N_("roughly right is enough"),
    N_("normal"): N_("judged as among friends"),
    N_("pro"): N_("judged as on a stage"),
}


def draw_terms(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, terms: Terms, u: float
) -> None:
    """Show each with the key that changes it, at the right; below them what they mean."""
    px = 16 * u
    chips = (
        ("S", _(terms.strictness), terms.strictness != USUAL.strictness),
        ("B", _("whole body") if terms.body == "whole" else _("seated"),
         terms.body != USUAL.body),
        ("T", _("mirror image") if terms.mirrored else _("original side"), terms.mirrored),
    )  # fmt: skip
    wide = [theme.width(words, px) + round(62 * u) for _key, words, _changed in chips]
    gap, high = round(8 * u), round(34 * u)
    left = box.right - sum(wide) - gap * (len(chips) - 1)
    for (key, words, changed), width in zip(chips, wide, strict=True):
        chip = pygame.Rect(left, box.centery - high // 2, width, high)
        edge = CYAN if changed else dim(VIOLET, 0.9)
        theme.panel(surface, chip, Glass(16 * u, edge, 1.4, 190, (30, 20, 66)))
        cap = pygame.Rect(chip.left + round(8 * u), chip.top, round(24 * u), high)
        theme.write(surface, theme.cap(key), cap, Style(px, GOLD, "centre", 7))
        text = pygame.Rect(cap.right + round(4 * u), chip.top, chip.right - cap.right, high)
        ink = WHITE if changed else SOFT
        theme.write(surface, words, text, Style(px, ink, "left", 7))
        left = chip.right + gap
    line = box.move(0, round(38 * u))
    line.height = round(24 * u)
    theme.write(surface, terms_in_words(terms), line, Style(15 * u, SOFT, "right", 7))


def terms_in_words(terms: Terms) -> str:
    """Return in one line what a player's terms mean."""
    said = [_(STRICTNESS_MEANS[terms.strictness])]
    if terms.body != USUAL.body:
        said.append(_("legs are not asked for"))
    if terms.mirrored:
        said.append(_("left and right exchanged"))
    return ", ".join(said)
