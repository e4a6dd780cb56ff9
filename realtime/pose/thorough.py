"""Looking harder, maps averaged: OpenPose at two sizes, both networks at the mirror image too.

For who has a GPU, or time: OpenPose takes six times as long, MoveNet twice. Averaging over scales
and a mirrored picture is how Cao et al. evaluate (arXiv:1812.08008, section 5).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.maps import Letterbox, PersonMaps, PoseMaps
from kpopdance.engines.ports import Eyes, PersonVision, Seer, UprightVision, Vision
from kpopdance.realtime.core.body import MIRROR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.anatomy import Anatomy
    from kpopdance.engines.maps import Region

SCALES: Final = (1.0, 1.45)  # about 368 and 544 px on whole pictures, 224 and 320 on crops
_COCO_17_MIRROR: Final = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]


V = TypeVar("V", bound=Seer)


class _Thorough(Generic[V]):
    """A network looked through more than once; what becomes of it meanwhile is told as it is now."""

    def __init__(self, vision: V) -> None:
        self._vision = vision

    @property
    def name(self) -> str:
        """The network's name, and that it looks harder."""
        return f"{self._vision.name} (thorough)"

    @property
    def runtime(self) -> str:
        """The runtime in words: the one that sees now."""
        return self._vision.runtime

    @property
    def reason(self) -> str:
        """Why this runtime was chosen."""
        return self._vision.reason

    @property
    def failure(self) -> str:
        """What failed, in a few words; empty while all is well."""
        return self._vision.failure


def thorough(eyes: Eyes) -> Eyes:
    """Return eyes that look harder; a network for an upright person looks as before."""
    close = {
        name: eye if isinstance(eye, UprightVision) else ThoroughPersonVision(eye)
        for name, eye in eyes.close.items()
    }
    return replace(eyes, everybody=ThoroughVision(eyes.everybody), close=close)


class ThoroughVision(_Thorough[Vision]):
    """A bottom-up network that looks at several sizes, and mirrored too.

    Parameters
    ----------
    vision : Vision
        The network.
    scales : tuple of float
        Of the input's size; the maps have the grid of the last.
    mirrored : bool
        Whether to look at the mirrored picture too.
    """

    def __init__(
        self, vision: Vision, *, scales: tuple[float, ...] = SCALES, mirrored: bool = True
    ) -> None:
        super().__init__(vision)
        self._scales, self._mirrored = scales, mirrored

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the averaged maps of one region (None: all) of a uint8 (H, W, 3) BGR picture."""
        seen = []
        for scale in self._scales:
            height, width = (max(round(px * scale / 8), 1) * 8 for px in size)
            seen.append(self._vision.see(image, region=region, size=(height, width)))
            if self._mirrored:
                flipped = np.ascontiguousarray(image[:, ::-1])
                edge = image.shape[1]
                there = None if region is None else flip_region(region, edge)
                maps = self._vision.see(flipped, region=there, size=(height, width))
                seen.append(unmirrored(maps))
        return averaged(seen)


class ThoroughPersonVision(_Thorough[PersonVision]):
    """A top-down network that looks at the mirrored picture too."""

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the averaged maps of the person in a region of a uint8 (H, W, 3) BGR picture."""
        maps = self._vision.see_person(image, region=region)
        flipped = np.ascontiguousarray(image[:, ::-1])
        there = flip_region(region, image.shape[1])
        other = unmirrored_person(self._vision.see_person(flipped, region=there), maps.box)
        return PersonMaps(
            _mean(maps.centre, other.centre),
            _mean(maps.heat, other.heat),
            _mean(maps.regression, other.regression),
            _mean(maps.offset, other.offset),
            maps.box,
            maps.image_size,
            maps.stride,
        )


def flip_region(region: Region, width: int) -> Region:
    """Return a region as it lies in the mirrored picture of this width, px."""
    left, top, right, bottom = region
    return (width - right, top, width - left, bottom)


def unmirrored(maps: PoseMaps) -> PoseMaps:
    """Return the maps of the picture whose mirror image was looked at."""
    body = ANATOMIES[len(maps.heat)]
    heat_of, limb_of, sign = _mirror_channels(body)
    width = maps.heat.shape[2] * maps.stride
    box = maps.box
    # input = (W - 1 - image + 0.5) * scale - 0.5 + pad, itself flipped in the input's width
    pad = width - box.pad_x - maps.image_size[1] * box.scale
    return PoseMaps(
        np.ascontiguousarray(maps.heat[heat_of, :, ::-1]),
        np.ascontiguousarray(maps.limb[limb_of, :, ::-1] * sign[:, None, None]),
        Letterbox(box.scale, pad, box.pad_y),
        maps.image_size,
        maps.stride,
    )


def unmirrored_person(maps: PersonMaps, box: Letterbox) -> PersonMaps:
    """Return a person's maps of the picture whose mirror image was looked at, as if in ``box``."""
    h, w = maps.centre.shape
    pad = w * maps.stride - maps.box.pad_x - maps.image_size[1] * maps.box.scale
    # Cell c shows px 4 c, whose mirror image is px 4 w - 1 - 4 c and not that of cell w - 1 - c.
    shift = (maps.stride - 1 - (pad - box.pad_x)) / maps.stride

    def flipped(channels: NDArray[np.float32]) -> NDArray[np.float32]:
        pairs = channels.reshape(-1, 2, h, w)[_COCO_17_MIRROR, :, :, ::-1].copy()
        pairs[:, 1] = shift - pairs[:, 1]  # y first
        return pairs.reshape(channels.shape)

    return PersonMaps(
        np.ascontiguousarray(maps.centre[:, ::-1]),
        np.ascontiguousarray(maps.heat[_COCO_17_MIRROR, :, ::-1]),
        flipped(maps.regression),
        flipped(maps.offset),
        box,
        maps.image_size,
        maps.stride,
    )


def _mean(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return ((one + other) * np.float32(0.5)).astype(np.float32)


def averaged(seen: list[PoseMaps]) -> PoseMaps:
    """Return the mean of maps of one picture on the grid of the last."""
    last = seen[-1]
    heat, limb = np.zeros_like(last.heat), np.zeros_like(last.limb)
    for maps in seen:
        rows, columns = _onto(maps, last, 1), _onto(maps, last, 0)
        heat += rows @ maps.heat @ columns.T / len(seen)
        limb += rows @ maps.limb @ columns.T / len(seen)
    return PoseMaps(heat, limb, last.box, last.image_size, last.stride)


def _onto(source: PoseMaps, target: PoseMaps, axis: int) -> NDArray[np.float32]:
    """Return the matrix (target cells, source cells) of linear interpolation along x (0) or y (1)."""
    cells, here = target.heat.shape[2 - axis], source.heat.shape[2 - axis]
    grid = np.zeros((cells, 2))
    grid[:, axis] = (np.arange(cells) + 0.5) * target.stride - 0.5
    at = source.box.to_input(target.box.to_image(grid))[:, axis]
    at = np.clip((at + 0.5) / source.stride - 0.5, 0, here - 1)
    low = np.minimum(at.astype(np.intp), max(here - 2, 0))
    matrix = np.zeros((cells, here), dtype=np.float32)
    share = (at - low).astype(np.float32)
    matrix[np.arange(cells), low] = 1 - share
    matrix[np.arange(cells), np.minimum(low + 1, here - 1)] += share
    return matrix


def _mirror_channels(
    body: Anatomy,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Return whose heat map and affinity map each channel takes, and the affinities' signs."""
    other = _mirror_of(body)
    heat_of = np.array([*other, body.joints])
    limb_of = np.zeros(2 * len(body.limbs), dtype=np.intp)
    sign = np.ones(len(limb_of), dtype=np.float32)
    for (a, b), (x, y) in zip(body.limbs, body.channels, strict=True):
        theirs = body.channels[body.limbs.index((other[a], other[b]))]
        limb_of[[x, y]] = theirs
        sign[x] = -1
    return heat_of, limb_of, sign


def _mirror_of(body: Anatomy) -> list[int]:
    """Return for each of a network's joints the one of the other side."""
    other = list(range(body.joints))
    for ours, theirs in enumerate(body.ours):
        other[theirs] = body.ours[MIRROR[ours]]
    for left, right in body.only_theirs:
        other[left], other[right] = right, left
    return other
