"""The parts of ``bench_pose``: each measures one thing, prints a table and returns its numbers."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
from dataclasses import dataclass, field, replace
from time import process_time
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from kpopdance.engines.choose import CLOSE_ON_GPU, CLOSE_WISHES, open_eyes
from kpopdance.engines.maps import FAINT
from kpopdance.engines.ports import UprightVision
from kpopdance.realtime.core.types import BELIEVED, Frame, Pose
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.pose.confidence import CURVES
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.looks import LOOKS, Look, close_looks
from kpopdance.realtime.pose.one_person import COCO_17
from kpopdance.realtime.pose.sides import Sides
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.thorough import ThoroughVision, thorough
from kpopdance.realtime.pose.tracker import Tracker, choose_all
from kpopdance.realtime.pose.upright_person import upright_of
from kpopdance.realtime.pose.watcher import (
    Watcher,
    closely,
    full_size,
    look_closely,
    look_everywhere,
    seen_closely,
)
from tools.bench.pose import pose_calibration as calibration
from tools.bench.pose import pose_measures as measure
from tools.bench.pose import pose_plots
from tools.bench.pose.pose_truth import (
    ALL_BUT_NECK,
    Person,
    athletes,
    coco_people,
    original_people,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes, Vision

    Floats = NDArray[np.float64]
    Picture = NDArray[np.uint8]
    See = Callable[[Picture, Person], Pose | None]

CROP: Final = (256, 256)
SMALL_CROP: Final = (224, 224)
FAINT_PEAKS: Final = 0.05
SHORT_SIDE: Final = 368
BIG_AREA: Final = 656 * 368
CLIPS: Final = {
    "hurryup_pun": 0, "hurryup_fond": 0, "renegade_charli": 0, "olin_test": 0,
    "musepose_dance": 0, "jackgit_demo_01": 130,
}  # fmt: skip
"""And the first frame: before it the camera is too near for anybody to be seen."""
CLIP_FRAMES: Final = 240
PEOPLE: Final = (1, 2, 4, 6)
COST_FRAMES: Final = 30
WISHES: Final = {
    "OpenPose alone": "openpose", "MoveNet for each": "movenet",
    "BlazePose for each": "blazepose", "auto": "auto",
}  # fmt: skip
TREE: Final = f"OpenPose {CROP[0]}, limb tree"
BEFORE: Final = "OpenPose + MoveNet"
LIVE: Final = "close, live"
UNHURRIED: Final = "close, unhurried"
PLOTTED: Final = {
    f"OpenPose {CROP[0]}, standard": "bottom-up: OpenPose", TREE: "OpenPose, limb tree",
    "MoveNet": "top-down: MoveNet Thunder", "MoveNet Lightning": "MoveNet Lightning",
    "BlazePose": "BlazePose", LIVE: "Lightning and BlazePose (live)",
    UNHURRIED: "Thunder in 8 bits and BlazePose heavy (a video)",
}  # fmt: skip
"""The systems in the plot, and how they are called there."""
SHEETS: Final = {BEFORE: "before", LIVE: "live", UNHURRIED: "unhurried"}
"""The systems whose misses are shown, and their pictures' names."""


@dataclass(slots=True, eq=False)
class Bench:
    """What every part needs: ``data`` folder, where plots go, and the networks, opened once."""

    data: Path
    out: Path | None
    threads: int | None
    _eyes: Eyes | None = field(default=None)

    @property
    def eyes(self) -> Eyes:
        """All networks, those too that the game opens only if asked to."""
        if self._eyes is None:
            eyes = open_eyes(threads=self.threads)
            rest = open_eyes(network="movenet", threads=self.threads).close
            self._eyes = replace(eyes, close={**rest, **eyes.close})
            print(f"{self._eyes.name} on {self._eyes.runtime}", file=sys.stderr)
        return self._eyes


def crops(bench: Bench) -> dict[str, Any]:
    """Measure joints in place on crops around true boxes, per joint, and each network's confidence."""
    groups = _groups(bench)
    systems = _systems(bench.eyes)
    told: dict[str, Any] = {}
    poses = {}
    for name, see in systems.items():
        poses[name] = {group: _seen(people, see, name) for group, people in groups.items()}
        told[name] = _crop_figures(groups, poses[name])
    _print_crops(told)
    told["reliability"] = calibration.reliability(
        list(itertools.chain.from_iterable(groups.values())),
        {name: np.concatenate(list(seen.values())) for name, seen in poses.items()},
        TREE,
    )
    if bench.out:
        shown = {words: told[system] for system, words in PLOTTED.items() if system in told}
        pose_plots.joints(shown, bench.out / "joints.png")
        pose_plots.reliability(told["reliability"], bench.out / "reliability.png")
        _show_misses(groups, poses, bench.out)
    return told


def _show_misses(
    groups: dict[str, list[Person]], poses: dict[str, dict[str, Floats]], out: Path
) -> None:
    """Write pictures of raised wrists that the limb tree misses and of wrists taken for each other."""
    people = list(itertools.chain.from_iterable(groups.values()))
    for system, file in SHEETS.items():
        seen = np.concatenate(list(poses[system].values()))
        hits, _ = measure.right(people, seen)
        missed = (measure.raised(people, "raised wrist") & ~hits).any(axis=1)
        crossed = [
            measure.swapped([person], pose[None])[0] > 0
            for person, pose in zip(people, seen, strict=True)
        ]
        for what, which in (("raised_missed", missed), ("swapped", np.array(crossed))):
            shown = [(people[n], seen[n]) for n in np.flatnonzero(which)]
            pose_plots.sheet(shown, out / f"{what}_{file}.jpg")


def _groups(bench: Bench) -> dict[str, list[Person]]:
    return {
        "COCO full body": [p for p in coco_people(bench.data / "coco") if p.whole],
        "athletics": [p for p in athletes(bench.data / "lspet") if p.upright],
    }


def _systems(eyes: Eyes) -> dict[str, See]:
    """Return ways to see one person of a picture in the crop around the true box."""
    watcher = Watcher(eyes)
    harder = thorough(eyes)
    watcher_harder = Watcher(harder, crop_px=SMALL_CROP[0])
    live, calm = (close_looks(CLOSE_WISHES["auto"], unhurried=calm) for calm in (False, True))

    def together(*looks: Look, by: Watcher = watcher) -> See:
        return lambda image, person: _nearest(
            by.glance(image, person.region(), looks, person.own_region()), person
        )

    return {
        f"OpenPose {CROP[0]}, standard": lambda image, person: _standard(
            eyes.everybody, image, person, CROP
        ),
        TREE: lambda image, person: _tree(eyes.everybody, image, person, CROP),
        f"OpenPose {SMALL_CROP[0]}, limb tree": lambda image, person: _tree(
            eyes.everybody, image, person, SMALL_CROP
        ),
        "OpenPose thorough, limb tree": lambda image, person: _tree(
            harder.everybody, image, person, SMALL_CROP
        ),
        **{LOOKS[name].words: _alone(eyes, name) for name in CURVES if name in eyes.close},
        BEFORE: lambda image, person: _nearest(
            watcher.glance(image, person.region(), ("crop", "movenet_thunder")), person
        ),
        LIVE: together(*live),
        f"{LIVE}, and OpenPose": together("crop", *live),
        UNHURRIED: together(*calm),
        "close, on an NVIDIA GPU": together(*close_looks(CLOSE_ON_GPU, unhurried=True)),
        f"{UNHURRIED}, and OpenPose": together("crop", *calm),
        f"{UNHURRIED}, thorough": together("crop", *calm, by=watcher_harder),
    }


def _alone(eyes: Eyes, name: Look) -> See:
    """Return how one network sees a person, confidences raw; Lightning aligns for BlazePose."""

    def see(image: Picture, person: Person) -> Pose | None:
        upright, eye = None, eyes.close[name]
        if isinstance(eye, UprightVision):
            told = closely(eyes, image, person.own_region(), ("movenet_lightning",))
            upright = None if told is None else upright_of(told)
            if upright is None:
                return None
        return seen_closely(eye, image, person.own_region(), upright)

    return see


def _standard(
    vision: Vision, image: Picture, person: Person, size: tuple[int, int]
) -> Pose | None:
    return _nearest(assemble(vision.see(image, region=person.region(), size=size)), person)


def _tree(vision: Vision, image: Picture, person: Person, size: tuple[int, int]) -> Pose | None:
    maps = vision.see(image, region=person.region(), size=size)
    people = assemble(maps) or assemble(maps, threshold=FAINT)
    return _nearest(complete(people, maps, person.region()), person)


def _nearest(people: list[Pose], person: Person) -> Pose | None:
    """Return whose box overlaps the true one most, as tracking would choose."""
    left, top, width, height = person.box

    def overlap(pose: Pose) -> float:
        xy = pose.joints[pose.seen, :2]
        if len(xy) < 2:
            return 0.0
        low, high = xy.min(axis=0), xy.max(axis=0)
        inner = np.minimum(high, (left + width, top + height)) - np.maximum(low, (left, top))
        shared = float(np.clip(inner, 0, None).prod())
        return shared / float((high - low).prod() + width * height - shared + 1e-9)

    return max(people, key=overlap, default=None)


def _seen(people: list[Person], see: See, what: str) -> Floats:
    """Return the poses (N, 18, 3) px of people, NaN where not seen."""
    poses = np.full((len(people), 18, 3), np.nan)
    poses[..., 2] = 0
    for n, person in enumerate(people):
        pose = see(_picture(person.picture), person)
        if pose is not None:
            poses[n] = pose.joints
        print(f"\r{what}: {n + 1} of {len(people)} ", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    return poses


def _picture(path: Path) -> Picture:
    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(f"{path}: no picture")
    return image.astype(np.uint8)


def _crop_figures(
    groups: dict[str, list[Person]], poses: dict[str, Floats]
) -> dict[str, dict[str, Any]]:
    figures: dict[str, dict[str, Any]] = {}
    everybody = list(itertools.chain.from_iterable(groups.values()))
    all_poses = np.concatenate(list(poses.values()))
    for group, people in (*groups.items(), ("all", everybody)):
        seen = all_poses if group == "all" else poses[group]
        hits, labelled = measure.right(people, seen)
        told = {"twelve joints": measure.share(hits, labelled & measure.twelve())}
        for name, joints in measure.GROUPS.items():
            mask = np.zeros(18, dtype=bool)
            mask[list(joints)] = True
            told[name] = measure.share(hits, labelled & mask)
        for what in measure.RAISED:
            told[what] = measure.share(hits, measure.raised(people, what))
        wrong, of = measure.swapped(people, seen)
        told["swapped wrist"] = (100 * wrong / max(of, 1), np.nan, np.nan, of)
        figures[group] = {
            name: [None if np.isnan(v) else round(v, 1) for v in row]
            for name, row in told.items()
        }
    return figures


def _print_crops(told: dict[str, Any]) -> None:
    columns = ("twelve joints", *measure.GROUPS, *measure.RAISED, "swapped wrist")
    for group in ("COCO full body", "athletics", "all"):
        first = next(iter(told.values()))[group]
        counts = " ".join(f"{name} {first[name][3]}" for name in columns)
        print(f"\n{group}: % within {measure.NEAR} of the box's longer side (95 % interval)")
        print(f"n: {counts}")
        print(f"{'':30s}" + "".join(f"{name:>20s}" for name in columns))
        for system, figures in told.items():
            cells = "".join(f"{_interval(figures[group][name]):>20s}" for name in columns)
            print(f"{system:30s}{cells}")


def _interval(row: list[float | None]) -> str:
    value, low, high, _ = row
    if value is None:
        return "-"
    return f"{value:.1f}" if low is None else f"{value:.1f} ({low:.0f}-{high:.0f})"


def fit(bench: Bench) -> None:
    """Print every network's curve, fitted to all labelled joints."""
    groups = _groups(bench)
    people = list(itertools.chain.from_iterable(groups.values()))
    systems = _systems(bench.eyes)
    for name, system in calibration.systems_fitted(systems, TREE).items():
        seen = _seen(people, systems[system], name)
        hits, labelled = measure.right(people, seen)
        use = labelled & (seen[..., 2] > 0)
        curve = calibration.curve_of(seen[..., 2][use], hits[use])
        rounded = [tuple(round(float(v), 3) for v in row) for row in curve]
        print(f"{name}: Curve(\n    {rounded[0]},\n    {rounded[1]},\n)")


def coco(bench: Bench) -> dict[str, Any]:
    """Measure COCO's AP and AR on whole pictures, bottom-up and with each person looked at again."""
    folder = bench.data / "coco"
    eyes, plain = bench.eyes, bench.eyes.everybody
    sizes = ThoroughVision(plain, mirrored=False)
    both = ThoroughVision(plain)
    ways: dict[str, Callable[[Picture], list[Pose]]] = {
        "OpenPose 656x368, standard": lambda image: _people(plain, image, BIG_AREA, tree=False),
        "OpenPose 656x368, every joint": lambda image: _people(plain, image, BIG_AREA),
        "two sizes, every joint": lambda image: _people(sizes, image, _area(image)),
        "two sizes, mirrored, every joint": lambda image: _people(both, image, _area(image)),
        "OpenPose 432x368": lambda image: look_everywhere(plain, image),
        "OpenPose 656x368": lambda image: look_everywhere(plain, image, area_px=BIG_AREA),
        "OpenPose two sizes, mirrored": lambda image: look_everywhere(
            both, image, area_px=_area(image)
        ),
        "OpenPose 656x368, each closely": lambda image: look_closely(
            eyes, image, area_px=BIG_AREA
        ),
        "two sizes, mirrored, each closely": lambda image: look_closely(
            replace(eyes, everybody=both), image, area_px=_area(image)
        ),
    }
    told = {name: _average_precision(folder, see, name) for name, see in ways.items()}
    print(
        "\nCOCO, whole pictures: AP (OKS 0.50:0.95), AP50, AR; people with 4 joints or more; where "
        f"it does not say every joint, those below a confidence of {BELIEVED} are unseen"
    )
    for name, (ap, ap50, ar) in told.items():
        print(f"{name:36s} AP {ap:5.1f}   AP50 {ap50:5.1f}   AR {ar:5.1f}")
    return told


def _people(vision: Vision, image: Picture, area: int, *, tree: bool = True) -> list[Pose]:
    """Return people with raw confidences, every joint kept however unsure."""
    maps = vision.see(image, region=None, size=full_size(image.shape, area))
    if not tree:
        return assemble(maps)
    return complete(assemble(maps, threshold=FAINT_PEAKS), maps)


def _area(image: Picture) -> int:
    """Return the input's area for which the picture's short side is 368 px."""
    height, width = image.shape[:2]
    return int(SHORT_SIDE**2 * max(height, width) / min(height, width))


def _average_precision(
    folder: Path, see: Callable[[Picture], list[Pose]], what: str
) -> tuple[float, float, float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(folder / "person_keypoints_dev.json"))
    rows = []
    for n, (key, entry) in enumerate(truth.imgs.items()):
        for pose in see(_picture(folder / "images" / entry["file_name"])):
            rows.append(_coco_row(pose, key))
        print(f"\r{what}: {n + 1} of {len(truth.imgs)} ", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    with contextlib.redirect_stdout(io.StringIO()):
        judge = COCOeval(truth, truth.loadRes(rows), "keypoints")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    ap, ap50, ar = (100 * float(judge.stats[k]) for k in (0, 1, 5))
    return round(ap, 1), round(ap50, 1), round(ar, 1)


def _coco_row(pose: Pose, key: int) -> dict[str, Any]:
    flat = np.zeros((17, 3))
    for ours, theirs in zip(ALL_BUT_NECK, COCO_17, strict=True):
        if pose.seen[ours]:
            flat[theirs] = pose.joints[ours]
    return {
        "image_id": key, "category_id": 1, "keypoints": flat.ravel().tolist(),
        "score": float(flat[:, 2].mean()),
    }  # fmt: skip


def original(bench: Bench) -> dict[str, Any]:
    """Measure how many joints lie where the original OpenPose (VGG) saw them."""
    folder = bench.data / "openpose_json"
    told: dict[str, Any] = {}
    ways: dict[str, Callable[[Picture], list[Pose]]] = {
        "OpenPose 656x368": lambda image: look_everywhere(
            bench.eyes.everybody, image, area_px=BIG_AREA
        ),
        "with each closely": lambda image: look_closely(bench.eyes, image, area_px=BIG_AREA),
    }
    for name, see in ways.items():
        near = given = found = 0
        for keypoints in sorted(folder.glob("*_keypoints.json")):
            stem = keypoints.name.removesuffix("_keypoints.json")
            pictures = [folder / f"{stem}{end}" for end in (".jpg", ".png")]
            people = see(_picture(next(path for path in pictures if path.is_file())))
            for truth in original_people(keypoints):
                hits, ours, theirs = _agreement(truth, people)
                near, found, given = near + hits, found + ours, given + theirs
        told[name] = {"near": near, "found": found, "given": given}
        print(
            f"\noriginal OpenPose, {name}: of {given} joints {100 * found / given:.0f} % found, "
            f"{100 * near / max(found, 1):.0f} % of these within {measure.NEAR} of the size"
        )
    return told


def _agreement(truth: Floats, people: list[Pose]) -> tuple[int, int, int]:
    """Return how many joints lie near, were found, and were given, of the person that fits best."""
    given = truth[:, 2] > 0
    size = float(np.ptp(truth[given, :2], axis=0).max())
    best = (0, 0)
    for pose in people:
        both = given & pose.seen
        apart = np.linalg.norm(pose.joints[:, :2] - truth[:, :2], axis=1)
        best = max(best, (int((apart[both] < measure.NEAR * size).sum()), int(both.sum())))
    return (*best, int(given.sum()))


def clips(bench: Bench) -> dict[str, Any]:
    """Measure jitter, lag, found joints and swaps undone on real dances."""
    told: dict[str, Any] = {}
    print(
        "\nclip                  found   jitter in holds (raw)  all (raw)   lag ms"
        "   swaps put in, left, new   taken back by itself"
    )
    for name in CLIPS:
        at_s, raw = _followed(bench, name)
        steady = LiveFilter()
        after = np.stack([
            steady.step(Pose(row.copy()), float(at)).joints
            for row, at in zip(raw, at_s, strict=True)
        ]).astype(np.float64)  # fmt: skip
        figures = _clip_figures(at_s, raw.astype(np.float64), after)
        figures |= _swaps(at_s, raw)
        told[name] = figures
        print(
            f"{name:20s} {figures['found']:6.2f} {figures['hold_ratio']:10.2f} "
            f"({figures['hold_raw']:.4f}) {figures['all_ratio']:8.2f} ({figures['all_raw']:.4f}) "
            f"{figures['lag_ms']:8.0f}   {figures['swaps']!s:>20s}   {figures['undone']:8d}"
        )
    medians = {
        key: float(np.median([clip[key] for clip in told.values()]))
        for key in ("found", "hold_ratio", "all_ratio", "lag_ms")
    }
    print("median: " + ", ".join(f"{key} {value:.3g}" for key, value in medians.items()))
    return told | {"median": medians}


def _followed(bench: Bench, name: str) -> tuple[Floats, NDArray[np.float32]]:
    """Return seconds (T,) and joints (T, 18, 3) px as both networks saw them, frame by frame."""
    watcher, at_s, rows = Watcher(bench.eyes), [], []
    unseen = np.full((18, 3), np.nan, dtype=np.float32)
    unseen[:, 2] = 0
    with VideoFile(bench.data / "video" / f"{name}.mp4") as video:
        for frame in itertools.islice(video.frames(), CLIPS[name], CLIPS[name] + CLIP_FRAMES):
            pose = watcher.find(frame)[0]
            at_s.append(frame.captured_s)
            rows.append(unseen if pose is None else pose.joints)
            print(f"\r{name}: frame {len(rows)} ", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    return np.array(at_s), np.stack(rows)


def _clip_figures(at_s: Floats, raw: Floats, after: Floats) -> dict[str, Any]:
    before, still = measure.trembling(at_s, raw)
    later, _ = measure.trembling(at_s, after)
    both = np.isfinite(before) & np.isfinite(later)
    hold = both & still
    return {
        "found": round(float((raw[..., 2] > 0).mean()), 3),
        "hold_raw": float(np.median(before[hold])),
        "hold_ratio": float(np.median(later[hold]) / np.median(before[hold])),
        "all_raw": float(np.median(before[both])),
        "all_ratio": float(np.median(later[both]) / np.median(before[both])),
        "lag_ms": 1000 * measure.lag_s(at_s, raw, after),
    }


def _swaps(at_s: Floats, raw: NDArray[np.float32], seed: int = 1) -> dict[str, Any]:
    """Swap arms or legs for 1 to 8 frames at random; count frames wrong before, after, and new."""
    rng = np.random.default_rng(seed)
    spoilt = raw.copy()
    at = 20
    while at < len(raw) - 20:
        length = int(rng.integers(1, 9))
        right, left = (([3, 4], [6, 7]), ([9, 10], [12, 13]))[int(rng.integers(2))]
        spoilt[at : at + length, right + left] = spoilt[at : at + length, left + right]
        at += length + int(rng.integers(20, 40))
    size = measure.typical_size(raw.astype(np.float64))
    mended, alone = (_sided(at_s, joints) for joints in (spoilt, raw))

    def wrong(joints: NDArray[np.float32]) -> NDArray[np.bool_]:
        ends = [4, 7, 10, 13]
        way = np.linalg.norm(joints[:, ends, :2] - raw[:, ends, :2], axis=-1)
        bad: NDArray[np.bool_] = (way > 0.2 * size).any(axis=1)
        return bad

    put, left_over = wrong(spoilt), wrong(mended)
    undone = int(wrong(alone).sum())
    return {
        "swaps": [int(put.sum()), int((left_over & put).sum()), int((left_over & ~put).sum())],
        "undone": undone,
    }


def _sided(at_s: Floats, joints: NDArray[np.float32]) -> NDArray[np.float32]:
    sides = Sides()
    return np.stack([
        sides.step(Pose(row.copy()), float(at)).joints
        for row, at in zip(joints, at_s, strict=True)
    ])  # fmt: skip


def cost(bench: Bench) -> dict[str, Any]:
    """Measure processor time per frame for 1 to 6 drawn dancers, beside the bare call, interleaved."""
    frames = {n: _crowd(n) for n in PEOPLE}
    eyes = {wish: open_eyes(network=wish, threads=bench.threads) for wish in WISHES.values()}
    bare = eyes["openpose"].everybody
    told: dict[str, Any] = {name: {} for name in WISHES}
    told["bare call 256x256"], told["OpenPose, whole picture"] = {}, {}
    for n, pictures in frames.items():
        watchers = {
            name: Watcher(eyes[wish], players=n, budget_s=1 / 30, now=process_time)
            for name, wish in WISHES.items()
        }
        for watcher in watchers.values():
            watcher.warm_up(pictures[0].image)
        players = [Tracker() for _ in range(n)]
        took: dict[str, list[float]] = {name: [] for name in told}
        for frame in pictures:
            for name, watcher in watchers.items():
                began = process_time()
                watcher.watch(frame)
                took[name].append(1000 * (process_time() - began))
            began = process_time()
            bare.see(frame.image, region=(0.0, 0.0, 360.0, 360.0), size=CROP)
            took["bare call 256x256"].append(1000 * (process_time() - began))
            began = process_time()
            people = look_everywhere(bare, frame.image)
            choose_all(players, people, frame.image, frame.captured_s)
            took["OpenPose, whole picture"].append(1000 * (process_time() - began))
        for name, ms in took.items():
            told[name][str(n)] = round(float(np.median(ms[3:])), 1)
    _print_cost(told)
    if bench.out:
        pose_plots.cost(told, bench.out / "cost.png")
    return told


def _print_cost(told: dict[str, Any]) -> None:
    print("\nms of processor per frame, median, for people in the picture:")
    print(f"{'':24s}" + "".join(f"{n:>8d}" for n in PEOPLE))
    for name, row in told.items():
        print(f"{name:24s}" + "".join(f"{row[str(n)]:8.1f}" for n in PEOPLE))


def _shown(dancer: DrawnDancer, at_s: float) -> NDArray[np.float32]:
    joints = dancer.joints(at_s)
    if joints is None:
        raise ValueError("the demo dancer is never absent")
    return joints.copy()


def _crowd(count: int) -> list[Frame]:
    """Return frames of so many drawn dancers side by side."""
    song = load_pack(BUNDLED / "neon-steps")
    dancer, studio = DrawnDancer(song.members[song.lead]), DrawnRoom()
    frames = []
    for index in range(COST_FRAMES):
        at_s = 20 + index / 30
        people = []
        for k in range(count):
            joints = _shown(dancer, at_s)
            middle = np.array([640 * (k + 0.5) / count, 300.0])
            scale = min(1.0, 2.0 / count)
            centre = np.nanmean(joints[:, :2], axis=0)
            joints[:, :2] = (joints[:, :2] - centre) * scale + (middle if count > 1 else centre)
            people.append((joints, OUTFITS[k % len(OUTFITS)]))
        height = dancer.height_px * min(1.0, 2.0 / count)
        frames.append(Frame(studio.take(people, index, height), at_s, index))
    return frames
