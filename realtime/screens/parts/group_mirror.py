"""Several players in one mirror, each in a colour of their own, with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pygame

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.mirror import RADIUS, Crop, MirrorPanel, crop_to_fill
from kpopdance.realtime.screens.parts.theme import CYAN, NIGHT, VIOLET, WHITE, Glass, Style, dim
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.screens.parts.theme import Colour

ROOM: Final = 0.09
"""Of a standing player's height: between them and what is drawn around them."""


TAGS: Final = 0.5
"""Of the panel's width: names in a panel that is higher than that are no larger."""


class Shown(NamedTuple):
    """Somebody in the mirror; ``dimmed`` where they do not dance now."""

    pose: Pose | None
    name: str
    colour: Colour
    dimmed: bool = False


class GroupMirror(MirrorPanel):
    """Draws the picture once, and everybody who is in it."""

    def draw_group(
        self, surface: pygame.Surface, panel: pygame.Rect, picture: NDArray[np.uint8] | None,
        people: Sequence[Shown], *, mirror: bool,
    ) -> None:  # fmt: skip
        """Draw picture, players with their names, and frame."""
        if picture is None:
            self._waiting(surface, panel, panel.height * RADIUS)
            return
        if self._seen[0] is not picture or self._made_for != (panel.size, mirror):
            self._shown = self._scaled(picture, panel.size, mirror)
            self._seen, self._made_for = (picture, None), (panel.size, mirror)
        surface.blit(self._shown, panel)
        crop = crop_to_fill((picture.shape[1], picture.shape[0]), panel.size)
        before = surface.get_clip()
        surface.set_clip(panel.inflate(-6, -6).clip(before))
        for one in people:
            if one.pose is not None:
                self._one(surface, panel, _placed(one.pose, picture, crop, mirror), one, mirror)
        surface.set_clip(before)
        edge = dim(CYAN, 0.9) if any(one.pose for one in people) else VIOLET
        self.theme.panel(
            surface, panel, Glass(panel.height * RADIUS, edge, panel.height / 110, 0)
        )

    def _one(
        self, surface: pygame.Surface, panel: pygame.Rect, joints: NDArray[np.float32],
        one: Shown, mirror: bool,
    ) -> None:  # fmt: skip
        """Draw a skeleton, around it an outline in the player's colour, above it the name."""
        placed = joints + np.array([panel.left, panel.top, 0], np.float32)
        thick = min(max(standing_height(placed) / 70, 1.8), panel.height / 60)
        colour = dim(one.colour, 0.45) if one.dimmed else one.colour
        seen = placed[np.isfinite(placed[:, 0])]
        if not len(seen):
            return
        draw_neon(surface, placed, thick, accent_wrist(mirror))
        room = max(ROOM * float(np.ptp(seen[:, 1])), 6.0)
        left, top = (seen[:, :2].min(0) - room).tolist()
        right, low = (seen[:, :2].max(0) + room).tolist()
        around = pygame.Rect(left, top - room, right - left, low - top + room)
        pygame.draw.rect(
            surface, colour, around, max(2, round(thick * 0.8)), border_radius=round(room)
        )
        px = max(10.0, min(panel.height, TAGS * panel.width) / 17)
        wide = min(self.theme.width(one.name, px) + round(1.2 * px), max(around.width, 4 * px))
        tag = pygame.Rect(0, 0, wide, round(1.5 * px))
        tag.midbottom = (around.centerx, around.top + 2)
        tag.clamp_ip(panel.inflate(-10, -10))
        self.theme.pill(surface, tag, colour)
        ink = WHITE if one.dimmed else NIGHT
        inner = tag.inflate(-round(0.8 * px), 0)
        self.theme.write(surface, one.name, inner, Style(px, ink, "centre", 6))


def _placed(
    pose: Pose, picture: NDArray[np.uint8], crop: Crop, mirror: bool
) -> NDArray[np.float32]:
    joints = pose.joints
    return crop.to_panel(body.mirrored(joints, picture.shape[1] - 1) if mirror else joints)
