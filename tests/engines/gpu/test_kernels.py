"""Each GPU kernel, run on the CPU, against the NumPy and OpenCV it stands for.

What is proved: index arithmetic, order, barriers, edges, rounding. What a GPU makes of the same
source (its logf, its memory) is for the tests on a GPU; compute-sanitizer needs one too.

Arithmetic is NumPy's float32 operation by operation, so all that has no logarithm is compared
bit by bit. Peaks are compared so as well, with the C library's logf in the reference.
"""

from __future__ import annotations

import ctypes

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import CLOSE_NETWORKS, MOVENET, OPENPOSE
from kpopdance.engines.gpu import kernels
from kpopdance.engines.gpu.cutting import UPRIGHT
from kpopdance.engines.maps import PERSON_STRIDE, Letterbox, PersonMaps, Upright
from kpopdance.engines.placement import place, place_upright
from kpopdance.engines.vision import tensor_from_image, tensor_upright
from kpopdance.realtime.pose import one_person, skeletons, upright_person
from tests import synthetic, synthetic_person
from tests.compiling import NoCompiler
from tests.engines.gpu.cpu_shim import ORDERS, Shim, build_library
from tests.engines.gpu.on_gpu import GpuKernels
from tests.quick import but_quick

KINDS = {"f32": np.float32, "f16": np.float16}
POISON, GUARD, GUARD_BYTES = 0xFF, 0xA5, 4096  # POISON: NaN in floats, -1 in ints
BODIES = ANATOMIES.values()
GPU_LOGARITHM = 2e-4  # cells: CUDA's logf is not the C library's
SLACK = [0.0, 0.0]  # cells: the logarithm's, of the kernels under test
LIMIT = skeletons.PEAK_THRESHOLD


@pytest.fixture(scope="module", params=["cpu", pytest.param("gpu", marks=pytest.mark.gpu)])
def shim(request, for_all):
    """The kernels, on the CPU or on a GPU."""
    SLACK[0] = 0.0 if request.param == "cpu" else GPU_LOGARITHM
    try:
        if request.param == "cpu":
            yield Shim(build_library(for_all / "paper"))
            return
        gpu = GpuKernels(GUARD_BYTES)
    except (NoCompiler, NetworkError) as why:
        pytest.skip(str(why))
    yield gpu
    gpu.close()


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


class Guarded:
    """An array between guard bytes, filled with NaN."""

    def __init__(self, shape, dtype):
        nbytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        self._bytes = np.full(nbytes + 2 * GUARD_BYTES, GUARD, np.uint8)
        inside = self._bytes[GUARD_BYTES:-GUARD_BYTES]
        inside[:] = POISON
        self.array = inside.view(dtype).reshape(shape)

    def refuse_spill(self):
        assert (self._bytes[:GUARD_BYTES] == GUARD).all()
        assert (self._bytes[-GUARD_BYTES:] == GUARD).all()


def guarded(array):
    """The same values between NaN."""
    around = np.full(array.nbytes + 2 * GUARD_BYTES, POISON, np.uint8)
    copy = around[GUARD_BYTES:-GUARD_BYTES].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def run(shim, kernel, grid, args, outputs, orders=tuple(ORDERS)):
    """What a kernel leaves in ``outputs`` ((shape, dtype), ...): the same in every thread order."""
    block = kernels.TILE if kernel.startswith(("letterbox", "upright")) else kernels.BLOCK
    args = [guarded(arg) if isinstance(arg, np.ndarray) else arg for arg in args]
    seen = []
    for order in orders:
        fresh = [Guarded(shape, dtype) for shape, dtype in outputs]
        left = iter(fresh)
        shim.order(order)
        shim.launch(
            kernel, grid, block, [next(left).array if arg is OUT else arg for arg in args]
        )
        for out in fresh:
            out.refuse_spill()
        seen.append([out.array for out in fresh])
    for other in seen[1:]:
        assert [a.tobytes() for a in other] == [a.tobytes() for a in seen[0]]
    return seen[0]


OUT = object()


# ---- letterbox


def letterbox(shim, kind, picture, crops, size, orders=tuple(ORDERS), *, by="letterbox"):
    height, width = size
    out = ((len(crops), 3, height, width), KINDS[kind])
    args = [picture, picture.shape[1], picture.shape[0], crops, OUT, width, height]
    grid = kernels.cut_grid(len(crops), height, width)
    painted = run(shim, f"{by}_{kind}", grid, args, [out], orders)[0].astype(np.float32)
    assert_array_equal(painted, np.rint(painted))  # none is NaN: all was written
    assert painted.min() >= 0
    assert painted.max() <= 255
    return painted


def crop_of(picture, region, size):
    """The cut and paste of a region, as ``tensor_from_image`` does them; the scale in float64."""
    at = place(picture.shape, region, size)
    left, top = at.columns.start, at.rows.start
    return at.box.scale, left, top, at.columns.stop - left, at.rows.stop - top, at.x, at.y, 7


def one_step(picture, crop, size):
    """float32 (3, height, width): OpenCV, without the steps of a half."""
    scale, x, y, wide, high, paste_x, paste_y, _ = crop
    out = np.zeros((3, *size), np.float32)
    cut = picture[y : y + high, x : x + wide]
    if min(wide, high) * scale >= 1:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        if scale != 1:
            cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=how)
        cut = cut[: size[0] - paste_y, : size[1] - paste_x]
        rows, columns = cut.shape[:2]
        out[:, paste_y : paste_y + rows, paste_x : paste_x + columns] = cut.transpose(2, 0, 1)
    return out


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def scene(height, width, seed=0):
    """A picture as smooth as a photograph, with a few hard edges and some grain."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(0, 255, (9, 16, 3)).astype(np.float32)
    picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        x, y = rng.integers(0, width), rng.integers(0, height)
        colour = rng.uniform(0, 255, 3).tolist()
        cv2.circle(picture, (int(x), int(y)), int(rng.integers(5, height // 5)), colour, -1)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def table(crops):
    return np.array(crops, kernels.CROP)


PLACES = [  # picture, size of the input, regions
    ((1080, 1920), (368, 656), [None]),
    ((480, 640), (368, 432), [None, (100.3, 50.7, 300.2, 400.9), (-200, -100, 500, 300)]),
    ((720, 1280), (256, 256), [(500.5, 100.2, 900.1, 700.8), (-90, 300, 310, 800.5)]),
    ((90, 160), (96, 72), [(20, 10, 60, 50), (100.5, 40.1, 200.3, 120.7), (150, 80, 170, 95)]),
    ((96, 72), (96, 72), [None, (0, 0, 36, 48), (0, 0, 144, 192), (-72, -96, 72, 96)]),
    ((61, 83), (45, 70), [(200, 200, 300, 300), (-50, -50, -10, 10), (30, 0, 31, 61), None]),
    ((8, 8), (41, 33), [(0, 0, 200, 200), (-300, -300, 300, 300), (3, 3, 4, 4), (7, 7, 9, 9)]),
    ((1, 1), (16, 16), [None, (-0.5, -0.5, 1.5, 1.5)]),
    ((200, 1000), (40, 1100), [None]),
]


@pytest.mark.parametrize(("picture", "size", "regions"), but_quick(PLACES, PLACES[2:8]))
def test_crops_are_opencvs_within_one_level(shim, kind, picture, size, regions):
    large = picture[0] > 300
    for paint in (noise, scene) if picture[0] >= 60 else (noise,):
        image = paint(*picture)
        crops = [crop_of(image, region, size) for region in regions]
        orders = ("shuffled",) if large else tuple(ORDERS)
        painted = letterbox(shim, kind, image, table(crops), size, orders)
        for crop, got in zip(crops, painted, strict=True):
            expected = one_step(image, crop, size)
            assert_allclose(got, expected, atol=1)  # OpenCV rounds weights to 11 bits
            # Worst measured: 0.084 enlarging, 0.031 at a half (OpenCV rounds x.5 up), else 0.002.
            allowed = 0.1 if crop[0] > 1 else 0.04 if crop[0] == 0.5 else 0.003
            assert np.abs(got - expected).mean() < allowed


@pytest.mark.parametrize("seed", range(4))
def test_any_crop_is_opencvs(shim, seed):
    rng = np.random.default_rng(seed)
    image, size = noise(70, 90, seed), (56, 48)
    middles, sides = rng.uniform(-20, 110, (24, 2)), rng.uniform(0.5, 200, (24, 2))
    regions = np.concatenate([middles - sides / 2, middles + sides / 2], axis=1)
    crops = [crop_of(image, tuple(region), size) for region in regions]
    painted = letterbox(shim, "f32", image, table(crops), size, ("shuffled",))
    for crop, got in zip(crops, painted, strict=True):
        assert_allclose(got, one_step(image, crop, size), atol=1)


@pytest.mark.parametrize("scale", [1 / 2, 1 / 3, 0.25, 1, 2, 2.5, 0.1, 45 / 90.5])
@pytest.mark.parametrize("wide", [1, 2, 9, 13, 90])
def test_halves_are_rounded_as_opencv_does(shim, scale, wide):
    image = np.maximum(noise(64, 90), 1)
    crop = (scale, 90 - wide, 0, wide, 64, 0, 0, 0)
    painted = letterbox(shim, "f32", image, table([crop]), (40, 48), ("reverse",))[0]
    expected = one_step(image, crop, (40, 48))
    assert_array_equal(painted > 0, expected > 0)
    assert_allclose(painted, expected, atol=1)


def test_the_games_own_halving_is_near(shim):
    image = scene(1080, 1920)
    region, size = (300.5, 100.25, 1500.75, 1000.5), (368, 432)
    expected, _ = tensor_from_image(image, region=region, size=size)
    crop = crop_of(image, region, size)
    painted = letterbox(shim, "f32", image, table([crop]), size, ("forward",))[0]
    # It halves and rounds between its steps, which blurs otherwise: measured 0.41 levels.
    assert np.abs(painted - expected[0]).mean() < 0.6


@pytest.mark.parametrize(
    "crop",
    [
        (0.5, -1, 0, 20, 20), (0.5, 0, -1, 20, 20), (0.5, 80, 0, 11, 20), (0.5, 0, 60, 20, 11),
        (0.5, 0, 0, 0, 20), (0.5, 0, 0, 20, 0), (0.5, 0, 0, 20, -3), (0.04, 0, 0, 20, 70),
        (0.0, 0, 0, 20, 20), (-1.0, 0, 0, 20, 20), (np.nan, 0, 0, 20, 20),
        (0.5, 2**31 - 1, 0, 20, 20), (0.5, 91, 0, 2**31 - 1, 20),
    ],
)  # fmt: skip
def test_an_impossible_cut_is_black(shim, kind, crop):
    crops = table([(*crop, 0, 0, 0), (1, 0, 0, 3, 2, 10, 5, 0)])
    black, good = letterbox(shim, kind, noise(70, 90), crops, (40, 48))
    assert not black.any()
    assert_array_equal(good[:, 5:7, 10:13], noise(70, 90)[:2, :3].transpose(2, 0, 1))
    good[:, 5:7, 10:13] = 0
    assert not good.any()


def test_what_reaches_over_the_input_is_cut_off(shim):
    image = noise(70, 90)
    for paste_x, paste_y in ((-5, -7), (40, 38), (-5, 38)):
        crops = table([(1, 0, 0, 90, 70, paste_x, paste_y, 0)])
        painted = letterbox(shim, "f32", image, crops, (41, 48))[0]
        wide = np.pad(image, ((50, 50), (50, 50), (0, 0)))
        expected = wide[50 - paste_y : 91 - paste_y, 50 - paste_x : 98 - paste_x]
        assert_array_equal(painted, expected.transpose(2, 0, 1))


# ---- upright


def turns_of(shape, uprights, side):
    """The table of turned squares, as a frame's pass writes it."""
    rows = np.zeros(len(uprights), kernels.TURN)
    for row, upright in zip(rows, uprights, strict=True):
        UPRIGHT.write(row, place_upright(shape, upright, side))
    return rows


def standing(x, y, degrees, side):
    angle = np.deg2rad(degrees)
    return Upright((x, y), (float(np.sin(angle)), float(-np.cos(angle))), side)


def upright(shim, kind, picture, turns, side, orders=tuple(ORDERS)):
    return letterbox(shim, kind, picture, turns, (side, side), orders, by="upright")


def blocks(cut, times, left):
    """What is left of a cut after halving: its blocks' means, as whole levels."""
    out = np.zeros((*left, 3), np.float32)
    for y, x in np.ndindex(left):
        at = tuple(slice(k << times, (k + 1) << times) for k in (y, x))
        block = cut[at].reshape(-1, 3).astype(np.int64)
        out[y, x] = (block.sum(axis=0) + len(block) // 2) // len(block)
    return out


def turned(picture, turn, side):
    """float32 (3, side, side): what the kernel does, in NumPy."""
    cut = picture[turn["cut_y"] :, turn["cut_x"] :][: turn["cut_height"], : turn["cut_width"]]
    left = int(turn["left_height"]), int(turn["left_width"])
    level = np.zeros((left[0] + 3, left[1] + 3, 3), np.float32)  # black around it
    level[1:-2, 1:-2] = blocks(cut, int(turn["halvings"]), left)
    y, x = np.indices((side, side)).astype(np.float32)
    at = [row[0] * x + row[1] * y + row[2] for row in (turn["from_x"], turn["from_y"])]
    inside = (at[0] > -1) & (at[1] > -1) & (at[0] < left[1]) & (at[1] < left[0])
    at = [np.where(inside, each, 0) for each in at]
    start = [np.floor(each).astype(int) for each in at]
    share = [each - begins for each, begins in zip(at, start, strict=True)]
    share = [each.astype(np.float32) for each in share]
    out = np.zeros((side, side, 3), np.float32)
    for k in range(4):
        across = share[0] if k % 2 else 1 - share[0]
        down = share[1] if k // 2 else 1 - share[1]
        tap = level[start[1] + k // 2 + 1, start[0] + k % 2 + 1]
        out += (across * down)[..., None] * tap
    return (np.rint(out).clip(0, 255) * inside[..., None]).transpose(2, 0, 1)


SQUARES = [  # picture, squares; side of the input
    ((360, 640), [standing(320, 200, 12, 560)], 96),
    ((480, 640), [standing(320, 240, -75, 300), standing(20, 460, 170, 500)], 96),
    ((90, 160), [standing(80, 45, 30, 40), standing(0, 0, 45, 300), standing(150, 95, 0, 64)], 64),
    ((61, 83), [standing(40, 30, 200, 900), standing(40, 30, 0, 4000), standing(500, 9, 0, 40)], 33),
    ((3, 200), [standing(100, 1, 90, 190), standing(100, 1, 5, 2000)], 40),
    ((1, 1), [standing(0, 0, 20, 1.5), standing(0, 0, 0, 90)], 16),
]  # fmt: skip


@pytest.mark.parametrize(("picture", "squares", "side"), SQUARES)
def test_turned_squares_are_numpys_and_near_opencvs(shim, kind, picture, squares, side):
    image = scene(*picture) if picture[0] >= 60 else noise(*picture)
    turns = turns_of(image.shape, squares, side)
    orders = ("shuffled",) if picture[0] > 300 else tuple(ORDERS)
    painted = upright(shim, kind, image, turns, side, orders)
    for square, turn, got in zip(squares, turns, painted, strict=True):
        assert_array_equal(got, turned(image, turn, side))
        expected, _ = tensor_upright(image, square, side)
        away = np.abs(got - expected[0])
        # OpenCV rounds in each halving, and weighs blocks that the edge cuts otherwise.
        assert (away > (turn["halvings"] > 1)).mean() < 0.04
        assert away.mean() < 0.3
        assert turn["halvings"] > 1 or not away.any()


@pytest.mark.parametrize("seed", range(3))
def test_any_turned_square_is_numpys(shim, seed):
    rng = np.random.default_rng(seed)
    image, side = noise(70, 90, seed), 40
    squares = [
        standing(*rng.uniform(-30, 120, 2), rng.uniform(0, 360), float(np.exp(rng.uniform(0, 7))))
        for _ in range(16)
    ]  # fmt: skip
    turns = turns_of(image.shape, squares, side)
    painted = upright(shim, "f32", image, turns, side, ("shuffled",))
    assert 4 < sum(one.any() for one in painted) < 16  # some lie beside the picture
    for turn, got in zip(turns, painted, strict=True):
        assert_array_equal(got, turned(image, turn, side))


WHOLE = {"cut_width": 90, "cut_height": 70, "left_width": 90, "left_height": 70,
         "from_x": (1, 0, 0), "from_y": (0, 1, 0)}  # fmt: skip


@pytest.mark.parametrize("change", [
    {"cut_x": -1}, {"cut_y": 1}, {"cut_x": 2**31 - 1}, {"cut_width": 0}, {"cut_height": -3},
    {"cut_width": 91}, {"halvings": -1}, {"halvings": 13, "left_width": 1, "left_height": 1},
    {"halvings": 1}, {"left_width": 91},
    {"left_height": 2**31 - 1}, {"left_width": 0}, {"from_x": (np.nan, 0, 0)},
    {"from_y": (0, 0, np.inf)}, {"from_x": (0, 0, 1e30)},
], ids=str)  # fmt: skip
def test_an_impossible_turned_cut_is_black(shim, kind, change):
    image, turns = noise(70, 90), np.zeros(2, kernels.TURN)
    for field, value in (WHOLE | change).items():
        turns[field][0] = value
    for field, value in WHOLE.items():
        turns[field][1] = value
    black, good = upright(shim, kind, image, turns, 40)
    assert not black.any()
    assert_array_equal(good, image[:40, :40].transpose(2, 0, 1))


# ---- peaks


def peaks_of(shim, kind, heat, limit=LIMIT, orders=tuple(ORDERS)):
    """(peaks (N, joints, 64, 3), counts (N, joints)) of heat (N, joints + 1, h, w)."""
    crops, maps, height, width = heat.shape
    joints = maps - 1
    outputs = [((crops, joints, kernels.MAX_PEAKS, 3), np.float32), ((crops, joints), np.int32)]
    args = [heat.astype(KINDS[kind]), joints, height, width, float(limit), OUT, OUT]
    grid = kernels.peaks_grid(crops, joints)
    rows, counts = run(shim, f"peaks_{kind}", grid, args, outputs, orders)
    behind = np.arange(kernels.MAX_PEAKS) >= counts[..., None]
    assert (rows[behind] == 0).all()
    return rows, counts


def expected_peaks(heat, kind, limit=LIMIT):
    """find_peaks of each crop, of what is left of the heat in the network's type."""
    return [
        skeletons.find_peaks(crop.astype(KINDS[kind]).astype(np.float32), limit)
        for crop in heat
    ]


@pytest.fixture
def c_logarithm(monkeypatch):
    """The reference's logarithm is the C library's, as the kernels' is on the CPU."""
    logf = ctypes.CDLL(None).logf
    logf.restype, logf.argtypes = ctypes.c_float, [ctypes.c_float]

    def log(heat):
        high = np.maximum(heat, np.float32(1e-3))
        return np.array([logf(v) for v in high.ravel()], np.float32).reshape(high.shape)

    monkeypatch.setattr(skeletons, "_log", log)


def assert_same_peaks(got, expected, atol=0.0):
    rows, counts = got
    atol = max(atol, *SLACK)
    for crop, peaks in enumerate(expected):
        assert_array_equal(counts[crop], np.bincount(peaks.joint, minlength=counts.shape[1]))
        own = np.concatenate([rows[crop, j, :n] for j, n in enumerate(counts[crop])])
        assert_array_equal(own[:, 2], peaks.height)
        assert_allclose(own[:, :2], peaks.xy, rtol=0, atol=atol)


def smooth_heat(seed, maps, height, width, people=3, crops=1):
    """Spots of people anywhere, some beyond the border."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    heat = np.zeros((crops, maps, height, width), np.float32)
    for one in heat.reshape(-1, height, width):
        for at_y, at_x in rng.uniform(-1, 1, (people, 2)) * (0.6 * height, 0.6 * width):
            far = (x - width / 2 - at_x) ** 2 + (y - height / 2 - at_y) ** 2
            one[:] = np.maximum(one, rng.uniform(0.1, 1) * np.exp(-far / 2))
    return heat


def corners(height=12, width=17):
    """One spot on every corner and border, of two joints each its own."""
    heat = np.zeros((1, 19, height, width), np.float32)
    spots = [(0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1),
             (0, 7), (height - 1, 7), (5, 0), (5, width - 1), (6, 7)]  # fmt: skip
    rng = np.random.default_rng(3)
    for k, (y, x) in enumerate(spots):
        for joint in (k, k + 9):
            low = rng.uniform(0, 0.4, (height + 4, width + 4)).astype(np.float32)
            low[y + 2, x + 2] = 0.9
            heat[0, joint, :, :] = low[2:-2, 2:-2] * (joint >= 9) + (joint < 9) * 0.05
            heat[0, joint, y, x] = 0.9
    return heat


def checkerboard(height, width):
    """More peaks than the shared memory holds: 64 of the highest are among the last."""
    heat = np.zeros((1, 19, height, width), np.float32)
    heat[:, :, ::2, ::2] = np.linspace(0.2, 0.9, 19)[:, None, None]
    heat[:, :, 1::2, 1::2] = np.random.default_rng(1).uniform(
        0.2, 1, heat[:, :, 1::2, 1::2].shape
    )
    return heat


def levels(seed, maps, height, width, steps, crops=1):
    """Plateaus and ties."""
    rng = np.random.default_rng(seed)
    return (rng.integers(0, steps, (crops, maps, height, width)) / steps).astype(np.float32)


HEATS = {
    "noise, more than 64 peaks": lambda: np.random.default_rng(0).random((2, 19, 46, 82)) ** 3,
    "25 joints": lambda: np.random.default_rng(1).random((1, 26, 33, 41)) ** 3,
    "plateaus": lambda: levels(2, 19, 23, 31, 4, crops=2),
    "two levels": lambda: levels(3, 26, 20, 70, 2),
    "smooth, 18 joints": lambda: smooth_heat(4, 19, 46, 54, crops=3),
    "smooth, 25 joints": lambda: smooth_heat(5, 26, 32, 32, people=6),
    "corners": corners,
    "one level": lambda: np.full((1, 19, 9, 11), 0.5),
    "none": lambda: np.full((2, 19, 9, 11), 0.09),
    "nothing": lambda: np.zeros((1, 26, 46, 54)),
    "smallest": lambda: np.random.default_rng(6).random((4, 19, 3, 3)),
    "flat": lambda: np.random.default_rng(7).random((1, 19, 3, 500)),
    "high": lambda: np.random.default_rng(8).random((1, 19, 300, 3)),
    "1300 peaks": lambda: checkerboard(46, 60),
    "painted people": lambda: synthetic.paint(
        synthetic.crowd(1, 3, (368, 656)), (368, 656)
    ).heat[None],
}


@pytest.mark.parametrize("name", HEATS)
def test_peaks_are_numpys(shim, kind, name, c_logarithm):
    heat = HEATS[name]().astype(np.float32)
    assert_same_peaks(peaks_of(shim, kind, heat), expected_peaks(heat, kind))


@pytest.mark.parametrize("name", ["smooth, 18 joints", "smooth, 25 joints", "painted people"])
def test_peaks_are_numpys_with_its_own_logarithm(shim, kind, name):
    # Two logarithms differ by 2e-7; a spot of one cell bends by about 1. A GPU's differs so too.
    heat = HEATS[name]().astype(np.float32)
    got = peaks_of(shim, kind, heat, orders=("forward",))
    assert_same_peaks(got, expected_peaks(heat, kind), atol=1e-5)


@pytest.mark.parametrize("limit", [0.1, 0.25, 0.5])
def test_the_threshold_itself_is_no_peak(shim, kind, limit, c_logarithm):
    heat = np.round(levels(9, 19, 20, 20, 8) * 8) / np.float32(8)
    heat[0, 0] = np.float32(0.1)
    heat[0, 0, 4, 4] = 0.9
    assert_same_peaks(peaks_of(shim, kind, heat, limit), expected_peaks(heat, kind, limit))


@pytest.mark.parametrize("count", [63, 64, 65, 130])
@pytest.mark.parametrize("same", [True, False])
def test_the_64_highest_are_kept_in_reading_order(shim, count, same, c_logarithm):
    heat = np.zeros((1, 19, 40, 41), np.float32)
    at = np.random.default_rng(count).choice(20 * 20, count, replace=False)
    heights = np.random.default_rng(0).choice(
        [0.5, 0.6] if same else np.linspace(0.2, 0.9, 500), count
    )
    heat[0, 3, 2 * (at // 20), 2 * (at % 20)] = heights
    rows, counts = peaks_of(shim, "f32", heat)
    assert_same_peaks((rows, counts), expected_peaks(heat, "f32"))
    assert counts[0].tolist() == [0, 0, 0, min(count, 64)] + [0] * 14


def test_beyond_2048_candidates_the_first_are_looked_at(shim, c_logarithm):
    heat = np.zeros((1, 19, 100, 90), np.float32)  # 2250 peaks
    heat[0, 2, ::2, ::2] = np.random.default_rng(0).uniform(0.2, 0.9, (50, 45))
    y, x = np.nonzero(heat[0, 2])
    heat[0, 2, y[2046:2050], x[2046:2050]] = (0.96, 0.97, 0.98, 0.99)
    rows, counts = peaks_of(shim, "f32", heat)
    heat[0, 2, y[2048:], x[2048:]] = 0
    assert_same_peaks((rows, counts), expected_peaks(heat, "f32"))


def test_tops_that_are_almost_flat(shim, c_logarithm):
    """The parabola bends by less than, about and more than the least that is believed."""
    if not shim.exact:
        pytest.skip("there the logarithm's last bit decides, which is CUDA's own")
    heat = np.zeros((1, 19, 40, 5), np.float32)
    steps = np.random.default_rng(0).integers(1, 60, (18, 13, 2)) * 2.0**-24
    heat[0, :18, 1::3, 2] = 0.5
    heat[0, :18, 1::3, 1] = 0.5 - steps[..., 0]
    heat[0, :18, 1::3, 3] = 0.5 - steps[..., 1]
    rows, counts = peaks_of(shim, "f32", heat)
    assert (counts == 13).all()
    assert_same_peaks((rows, counts), expected_peaks(heat, "f32"))


def test_not_a_number_is_no_peak_and_harms_nothing(shim):
    heat = np.full((1, 19, 12, 13), np.nan, np.float32)
    heat[0, 1] = 0
    heat[0, 1, 4, 4] = 0.5
    rows, counts = peaks_of(shim, "f32", heat)
    assert counts[0].tolist() == [0, 1] + [0] * 16
    assert_array_equal(rows[0, 1, 0], np.float32([4, 4, 0.5]))


# ---- pairs


def limb_table(body):
    rows = [(*ends, *maps) for ends, maps in zip(body.limbs, body.channels, strict=True)]
    return np.array(rows, kernels.LIMB)


def pairs_of(shim, kind, limb, rows, counts, body, orders=tuple(ORDERS)):
    crops, channels, height, width = limb.shape
    args = [limb.astype(KINDS[kind]), channels, height, width, rows, counts, limb_table(body),
            body.joints, len(body.limbs), OUT]  # fmt: skip
    grid = kernels.pairs_grid(crops, len(body.limbs))
    output = (crops * kernels.FOUND.itemsize,), np.uint8
    return run(shim, f"pairs_{kind}", grid, args, [output], orders)[0].view(kernels.FOUND)


def some_peaks(seed, crops, body, shape, most):
    """Peaks as the kernel before leaves them, and NaN behind the last, which nothing may read.

    Some lie on the border, many on halves of cells, where rounding counts.
    """
    rng = np.random.default_rng(seed)
    rows = np.full((crops, body.joints, kernels.MAX_PEAKS, 3), np.nan, np.float32)
    counts = rng.integers(0, most + 1, (crops, body.joints)).astype(np.int32)
    for crop in range(crops):
        for joint, n in enumerate(counts[crop]):
            at = rng.uniform(-0.1, 1.1, (n, 2)) * (shape[1], shape[0])
            at[::2] = np.round(at[::2] * 2) / 2
            rows[crop, joint, :n, :2] = np.clip(at, -0.5, (shape[1] - 0.5, shape[0] - 0.5))
            rows[crop, joint, :n, 2] = rng.uniform(0.1, 1, n)
    return rows, counts


def assert_same_pairs(found, limb, rows, counts, body):
    """The peaks and pairs of one crop are those of skeletons.py, bit by bit."""
    joint = np.repeat(np.arange(body.joints), counts)
    own = np.concatenate([rows[j, :n] for j, n in enumerate(counts)])
    peaks = skeletons.Peaks(joint, np.ascontiguousarray(own[:, :2]), own[:, 2])
    index, start, end = skeletons._pairs(peaks, body)
    lines = peaks.xy[start], peaks.xy[end]
    along = skeletons.affinity(limb, np.array(body.channels)[index], *lines)
    strength = along.mean(axis=1) + skeletons.too_long(limb, *lines)
    support = (along > skeletons.SAMPLE_THRESHOLD).sum(axis=1)
    assert strength.dtype == np.float32
    n_peaks, n_pairs = min(len(own), 512), min(len(index), 4096)
    assert_array_equal(found["counts"], np.pad(counts, (0, 32 - body.joints)))
    assert_array_equal(found["peaks"][:n_peaks], own[:n_peaks])
    assert_array_equal(found["strength"][:n_pairs], strength[:n_pairs])
    assert_array_equal(found["support"][:n_pairs], support[:n_pairs])
    # behind the last nothing was written
    assert np.isnan(found["peaks"][n_peaks:]).all()
    assert np.isnan(found["strength"][n_pairs:]).all()
    assert (found["support"][n_pairs:] == POISON).all()
    return peaks


def affinities(seed, crops, body, shape):
    rng = np.random.default_rng(seed)
    channels = 1 + max(max(pair) for pair in body.channels)
    return rng.uniform(-1, 1, (crops, channels, *shape)).astype(np.float32)


def in_kind(array, kind):
    return array.astype(KINDS[kind]).astype(np.float32)


@pytest.mark.parametrize("body", BODIES, ids=["18", "25"])
@pytest.mark.parametrize(
    ("shape", "most"), [((46, 54), 3), ((46, 82), 12), ((9, 40), 5), ((5, 3), 2), ((46, 54), 0)]
)
def test_pairs_are_numpys(shim, kind, body, shape, most):
    limb = affinities(most, 3, body, shape)
    rows, counts = some_peaks(most, 3, body, shape, most)
    found = pairs_of(shim, kind, limb, rows, counts, body)
    for crop in range(3):
        maps = in_kind(limb[crop], kind)
        assert_same_pairs(found[crop], maps, rows[crop], counts[crop], body)


@pytest.mark.parametrize("body", BODIES, ids=["18", "25"])
@pytest.mark.parametrize("most", [20, 40, 64])
def test_what_does_not_fit_is_left_out(shim, body, most):
    limb = affinities(0, 2, body, (20, 24))
    rows, counts = some_peaks(1, 2, body, (20, 24), most)
    counts[1] = 0
    found = pairs_of(shim, "f32", limb, rows, counts, body, ("forward", "shuffled"))
    for crop in range(2):
        assert_same_pairs(found[crop], limb[crop], rows[crop], counts[crop], body)
    pairs = sum(counts[0, a] * counts[0, b] for a, b in body.limbs)
    assert pairs > 4096 or most == 20


def test_lines_without_length_and_on_the_border_of_support(shim, kind):
    body = ANATOMIES[19]
    limb = np.zeros((1, 38, 12, 14), np.float32)
    for x, _ in body.channels:
        limb[0, x, :, :7] = 0.05  # not above the threshold in float32
        limb[0, x, :, 7:] = np.nextafter(np.float32(0.05), np.float32(1))
    rows, counts = some_peaks(0, 1, body, (12, 14), 0)
    counts[:] = 3
    rows[0, :, 0] = (2, 3, 0.5)
    rows[0, :, 1] = (11, 3, 0.5)  # straight to the right of the first
    rows[0, :, 2] = (2.5, 11.5, 0.5)  # halves are rounded to even
    found = pairs_of(shim, kind, limb, rows, counts, body)[0]
    assert_same_pairs(found, in_kind(limb[0], kind), rows[0], counts[0], body)


@pytest.mark.parametrize("people", [1, 3, 5])
def test_links_of_painted_people_are_those_of_the_game(shim, kind, people):
    maps = synthetic.paint(synthetic.crowd(people, people, (368, 656)), (368, 656))
    assert_same_links(shim, kind, maps.heat, maps.limb)


def assert_same_links(shim, kind, heat, limb):
    """Peaks and pairs as the GPU finds them, linked as the game does."""
    body = ANATOMIES[len(heat)]
    rows, counts = peaks_of(shim, kind, heat[None], orders=("shuffled",))
    found = pairs_of(shim, kind, limb[None], rows, counts, body, ("shuffled",))[0]
    limb = in_kind(limb, kind)
    peaks = assert_same_pairs(found, limb, rows[0], counts[0], body)
    expected = skeletons.find_links(limb, peaks, body)
    index, start, end = skeletons._pairs(peaks, body)
    strength, support = found["strength"][: len(index)], found["support"][: len(index)]
    good = np.flatnonzero((support >= skeletons.MIN_SAMPLES) & (strength > 0))
    order = good[np.argsort(-strength[good], kind="stable")]
    assert len(order) > 0
    for mine, theirs in (
        (index, expected.limb), (start, expected.start), (end, expected.end),
        (strength, expected.strength),
    ):  # fmt: skip
        assert_array_equal(mine[order], theirs)


# ---- person


def person_of(shim, kind, maps, orders=tuple(ORDERS)):
    """Joints (N, 17, 3) of PersonMaps (N,)."""
    height, width = maps[0].centre.shape
    stacked = [
        np.stack([getattr(one, name) for one in maps]).astype(KINDS[kind])
        for name in ("centre", "heat", "regression", "offset")
    ]
    output = ((len(maps), 17, 3), np.float32)
    args = [*stacked, height, width, OUT]
    return run(shim, f"person_{kind}", kernels.person_grid(len(maps)), args, [output], orders)[
        0
    ]


def expected_person(maps, kind):
    """What ``person_from_maps`` reads off the maps, rounded to float32 where it goes on in 64."""
    half = PersonMaps(
        *(in_kind(m, kind) for m in (maps.centre, maps.heat, maps.regression, maps.offset)),
        maps.box, maps.image_size,
    )  # fmt: skip
    y, x, height = one_person.nearest_peaks(half.heat, one_person.regress(half))
    offset = half.offset.reshape(-1, 2, *half.centre.shape)
    channel = np.arange(17)
    cells = [x + offset[channel, 1, y, x], y + offset[channel, 0, y, x], height]
    return np.stack(cells, axis=1).astype(np.float32)


def random_person(seed, height, width, steps=None):
    rng = np.random.default_rng(seed)
    centre, heat = rng.random((height, width)), rng.random((17, height, width))
    if steps:
        centre, heat = np.round(centre * steps) / steps, np.round(heat * steps) / steps
    away = rng.uniform(-9, 9, (34, height, width))
    offset = rng.uniform(-0.5, 0.5, (34, height, width))
    if steps:
        away = np.round(away)
    parts = (part.astype(np.float32) for part in (centre, heat, away, offset))
    return PersonMaps(*parts, Letterbox(1, 0, 0), (256, 256))


PEOPLE = {
    "noise": lambda: [random_person(seed, 64, 64) for seed in range(3)],
    "ties": lambda: [random_person(seed, 64, 64, steps=2) for seed in range(3)],
    "fewer cells than threads": lambda: [random_person(seed, 5, 7) for seed in range(4)],
    "fewer cells than threads, ties": lambda: [
        random_person(s, 9, 4, steps=1) for s in range(4)
    ],
    "wide": lambda: [random_person(0, 12, 80), random_person(1, 12, 80, steps=3)],
    "nothing": lambda: [random_person(0, 64, 64, steps=1e-9)],
    "painted": lambda: [
        synthetic_person.paint_person(synthetic.crowd(seed, 2, (256, 256))) for seed in range(3)
    ],
}


@pytest.mark.parametrize("name", PEOPLE)
def test_the_person_is_numpys(shim, kind, name):
    maps = PEOPLE[name]()
    found = person_of(shim, kind, maps)
    assert_array_equal(found, [expected_person(one, kind) for one in maps])


def test_every_cell_is_looked_at(shim):
    """Also those behind the 256th, which threads come to in their second turn."""
    rng = np.random.default_rng(0)
    people = []
    for cell in range(240, 324):
        one = random_person(cell, 18, 18)
        centre, heat = np.zeros((18, 18), np.float32), np.zeros((17, 18, 18), np.float32)
        centre.ravel()[cell] = 1
        heat.reshape(17, 324)[np.arange(17), (17 * cell + np.arange(17)) % 324] = rng.random(17)
        for joints in (heat, one.heat):  # the second tells which middle was found
            people.append(
                PersonMaps(centre, joints, one.regression, one.offset, one.box, (72, 72))
            )
    found = person_of(shim, "f32", people, ("shuffled",))
    assert_array_equal(found, [expected_person(one, "f32") for one in people])


def blank_person():
    parts = (np.zeros((k, 64, 64), np.float32) for k in (1, 17, 34, 34))
    return [next(parts)[0], *parts]


def test_the_earlier_of_equals_wins_also_where_one_thread_sees_both(shim, kind):
    centre, heat, regression, offset = blank_person()
    for row in (30, 34):  # as far from the middle, and 256 cells apart
        centre[row, 32] = 1
        heat[:, row - 2, 30] = 0.5
    heat[:, 36, 30] = 0.5
    offset[:] = np.random.default_rng(0).uniform(-0.5, 0.5, offset.shape)
    maps = PersonMaps(centre, heat, regression, offset, Letterbox(1, 0, 0), (256, 256))
    found = person_of(shim, kind, [maps])[0]
    assert_array_equal(found, expected_person(maps, kind))


@pytest.mark.parametrize("seed", range(6))
def test_the_distance_counts_as_the_graph_stores_it(shim, seed):
    """Two cells between which only the rounding of the weights to halves decides."""
    rng = np.random.default_rng(seed)
    centre, heat, regression, offset = blank_person()
    cells = rng.integers(0, 64, (2, 2))
    far = np.hypot(*(cells - 32).T).astype(np.float32) + np.float32(1.8)
    exact, stored = 1 / far, (1 / far).astype(np.float16).astype(np.float32)
    share = np.sqrt(exact[0] / exact[1] * stored[0] / stored[1])
    centre[tuple(cells.T)] = np.float32([0.01, 0.01 * share])
    y, x = cells[np.argmax(centre[tuple(cells.T)] * stored)]
    for joint in range(17):
        other = rng.integers(0, 64, 2)
        away = np.hypot(*(other - (y, x)))
        nearness = (1.8 + float(np.float16(1.8))) / 2
        heat[joint, other[0], other[1]] = 0.02 * (away + nearness) / nearness
        heat[joint, y, x] = 0.02
    maps = PersonMaps(centre, heat, regression, offset, Letterbox(1, 0, 0), (256, 256))
    assert_array_equal(person_of(shim, "f32", [maps])[0], expected_person(maps, "f32"))


def test_not_a_number_is_looked_up_nowhere_else(shim):
    maps = random_person(0, 16, 16)
    maps = PersonMaps(*(np.full_like(m, np.nan) for m in
                        (maps.centre, maps.heat, maps.regression, maps.offset)),
                      maps.box, maps.image_size)  # fmt: skip
    assert np.isnan(person_of(shim, "f32", [maps])).all()


# ---- points


def points_of(shim, kind, points, heat):
    """Joints (N, 17, 3) in cells of points (N, 17, 2), as the network tells them, and heat."""
    crops, _, height, width = heat.shape
    args = [points.astype(KINDS[kind]), heat.astype(KINDS[kind]), height, width, OUT]
    output = ((crops, 17, 3), np.float32)
    return run(shim, f"points_{kind}", kernels.person_grid(crops), args, [output])[0]


def expected_points(points, heat, kind):
    xy, height = upright_person.refined_points(
        in_kind(points, kind) - np.float32(0.5), in_kind(heat, kind), PERSON_STRIDE
    )
    return np.column_stack([xy / PERSON_STRIDE, height])


def spots(rng, height=64, width=64, widest=2.0):
    """A spot of heat for each joint, and points a little aside."""
    at = rng.uniform(-3, 1, (17, 2)) + rng.uniform(0, 1, (17, 2)) * (width, height)
    y, x = np.indices((height, width))
    away2 = (x - at[:, :1, None]) ** 2 + (y - at[:, 1:, None]) ** 2
    heat = rng.uniform(0.1, 1, (17, 1, 1)) * np.exp(
        -away2 / (2 * rng.uniform(0.6, widest) ** 2)
    )
    return at * PERSON_STRIDE + rng.normal(0, 4, at.shape), heat


POINTS = {
    "spots": lambda rng: spots(rng),
    "noise": lambda rng: (rng.uniform(-20, 276, (17, 2)), rng.random((17, 64, 64))),
    "below 0 too": lambda rng: (rng.uniform(0, 256, (17, 2)), rng.normal(0, 1e-3, (17, 64, 64))),
    "on the edges of cells": lambda rng: (4.0 * rng.integers(0, 65, (17, 2)), spots(rng)[1]),
    "far outside": lambda rng: (rng.choice([-1e9, 1e9, -4.0, 300.0], (17, 2)), spots(rng)[1]),
    "no heat": lambda rng: (rng.uniform(-20, 276, (17, 2)), np.zeros((17, 64, 64))),
    "few cells": lambda rng: (rng.uniform(0, 20, (17, 2)), rng.random((17, 4, 6))),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTS)
def test_points_are_moved_as_numpy_moves_them(shim, kind, name):
    rng = np.random.default_rng(len(name))
    points, heat = (
        np.stack(each).astype(np.float32)
        for each in zip(*(POINTS[name](rng) for _ in range(3)), strict=True)
    )
    with np.errstate(over="ignore"):  # far outside is infinite in half precision
        found = points_of(shim, kind, points, heat)
        for got, xy, maps in zip(found, points, heat, strict=True):
            assert_array_equal(got, expected_points(xy, maps, kind))


def test_a_point_that_is_no_number_harms_nothing(shim, kind):
    points, heat = (each.astype(np.float32)[None] for each in spots(np.random.default_rng(0)))
    points[0, 3] = np.nan
    heat[0, 5] = np.nan
    found = points_of(shim, kind, points, heat)[0]
    fine = np.delete(np.arange(17), [3, 5])
    points[0, 3] = heat[0, 5] = 0
    assert_array_equal(found[fine], expected_points(points[0], heat[0], kind)[fine])


# ---- real maps


@pytest.mark.shared
def test_a_real_picture_all_the_way(shim, kind, shared):
    runner = pytest.importorskip("kpopdance.engines.onnxruntime_runner")
    image = cv2.imread(str(sorted((shared / "data" / "coco" / "images").iterdir())[0]))
    size = (184, 216)
    crop = crop_of(image, None, size)
    tensor = letterbox(shim, kind, image, table([crop]), size, ("shuffled",))
    assert_allclose(tensor[0], one_step(image, crop, size), atol=1)
    expected, _ = tensor_from_image(image, region=None, size=size)
    assert np.abs(tensor - expected).mean() < 2  # measured: 1.3, detailed background
    heat, limb = runner.OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1).infer(tensor)
    got = peaks_of(shim, kind, heat[None], orders=("reverse",))
    # a flat top bends less than a spot: the two logarithms' last bits count for more
    assert_same_peaks(got, expected_peaks(heat[None], kind), atol=2e-4)
    assert_same_links(shim, kind, heat, limb)

    side = (256, 256)
    tensor = letterbox(
        shim, kind, image, table([crop_of(image, None, side)]), side, ("forward",)
    )
    centre, *rest = runner.OnnxRuntimeNetwork(BUNDLED_PERSON, MOVENET, threads=1).infer(tensor)
    maps = PersonMaps(centre[0], *rest, Letterbox(1, 0, 0), image.shape[:2])
    assert_array_equal(person_of(shim, kind, [maps])[0], expected_person(maps, kind))

    square = standing(image.shape[1] / 2, image.shape[0] / 2, 20, image.shape[0])
    tensor = upright(
        shim, kind, image, turns_of(image.shape, [square], side[0]), side[0], ("forward",)
    )
    expected, _ = tensor_upright(image, square, side[0])
    assert np.abs(tensor - expected).mean() < 0.5
    blazepose, spoken, _ = CLOSE_NETWORKS["blazepose_full"]
    points, _, heat = runner.OnnxRuntimeNetwork(blazepose, spoken, threads=1).infer(tensor)
    points = points.reshape(17, 2)
    assert_array_equal(
        points_of(shim, kind, points[None], heat[None])[0], expected_points(points, heat, kind)
    )
