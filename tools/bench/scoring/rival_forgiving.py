"""Other games that first look for the moment which the player does best: warped, or set off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import (
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    MIRROR,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)
from tools.bench.scoring.rival_places import (
    BODY,
    MID_HIP,
    TWELVE,
    about_hips,
    directions_of,
    mean_known,
    mean_score,
    places_of,
    torso_of,
)
from tools.bench.scoring.rival_warping import fast_warp, warp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Joints = NDArray[np.float32]
    Floats = NDArray[np.float64]
    Places = NDArray[np.complex128]


TWELVE_BONES: Final = (
    (L_SHOULDER, L_ELBOW), (L_ELBOW, L_WRIST), (R_SHOULDER, R_ELBOW), (R_ELBOW, R_WRIST),
    (L_HIP, L_KNEE), (L_KNEE, L_ANKLE), (R_HIP, R_KNEE), (R_KNEE, R_ANKLE),
    (L_SHOULDER, R_SHOULDER), (L_HIP, R_HIP), (L_SHOULDER, L_HIP), (R_SHOULDER, R_HIP),
)  # fmt: skip
COACH_CONFIDENCE: Final = 0.3
STRICTNESS: Final = 6.0
FEWEST_JOINTS: Final = 4
WARPED_PER_S, MOST_WARPED = 6.0, 240
BAND: Final = 0.25  # of the song to either side
WINDOW_S, BACK_S = 0.7, 0.12
DRIFT_S: Final = 0.12


def bones_after_dtw(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean of 100 exp(-6 (1 - mean bone cosine)) after warping the player onto the song.

    spacelobster88/dance-pose-coach, src/pose/dtw.ts, similarity.ts, boneAngles.ts, normalize.ts,
    src/video/sampler.ts, dualPlayer.ts: two videos, MoveNet. Six poses a second are warped, within
    a quarter of the song, by the cosine of all key points about the hips; the player's video then
    plays along and jumps where it would be 0.12 s off. Frames that cannot be compared do not
    count.
    """
    if not len(player):
        return 0.0
    theirs, ours = places_of(reference, COACH_CONFIDENCE), places_of(player, COACH_CONFIDENCE)
    samples = [_evenly(len(places), fps) for places in (theirs, ours)]
    costs = _flat_cosine_costs(
        *(about_hips(p[s]) for p, s in zip((theirs, ours), samples, strict=True))
    )
    rows, columns = costs.shape
    width = max(abs(rows - columns), int(np.ceil(BAND * max(rows, columns)))) + 1
    middle = np.arange(rows)[:, None] * columns // rows
    costs[np.abs(np.arange(columns) - middle) > width] = np.inf
    path = warp(costs)
    matched = np.bincount(path[:, 0], path[:, 1]) / np.bincount(path[:, 0])
    nearest = np.abs(np.arange(len(theirs))[:, None] - samples[0]).argmin(axis=1)
    wanted = samples[1][np.round(matched[nearest]).astype(int)]
    shown = np.minimum(_played(wanted, fps), len(ours) - 1)
    return mean_score(_coach_scores(theirs, ours[shown]))


def _played(wanted: NDArray[np.intp], fps: float) -> NDArray[np.intp]:
    """Rows that a video shows which plays on until it is more than 0.12 s off the row wanted."""
    shown: NDArray[np.intp] = wanted.copy()
    now = wanted[0]
    for k, row in enumerate(wanted):
        now = row if k == 0 or abs(now + 1 - row) > DRIFT_S * fps else now + 1
        shown[k] = now
    return shown


def bones_in_window(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean of the best 100 exp(-6 (1 - mean bone cosine)) with the last 0.7 s of the song.

    spacelobster88/dance-pose-coach, src/pose/streamDtw.ts: the webcam, MoveNet, delay not
    calibrated. The matched moment of the song goes back by no more than 0.12 s.
    """
    theirs, ours = places_of(reference, COACH_CONFIDENCE), places_of(player, COACH_CONFIDENCE)
    rows = min(len(theirs), len(ours))
    lags = np.arange(int(WINDOW_S * fps + 1e-6), -1, -1)
    scores = np.full((rows, len(lags)), np.nan)
    for column, lag in enumerate(lags):
        if lag < rows:
            scores[lag:, column] = _coach_scores(theirs[: rows - lag], ours[lag:rows])
    best, matched = np.full(rows, np.nan), -np.inf
    for row in range(rows):
        open_ = (row - lags >= matched - BACK_S * fps) & ~np.isnan(scores[row])
        if open_.any():
            column = int(np.where(open_, scores[row], -np.inf).argmax())
            best[row], matched = scores[row, column], row - lags[column]
    return mean_score(best)


def _coach_scores(theirs: Places, ours: Places) -> Floats:
    """Score (T,) of rows of places, NaN where too little was seen on both sides."""
    shared = ~np.isnan(theirs[:, TWELVE] + ours[:, TWELVE])
    middle = about_hips(theirs) + about_hips(ours)
    standing = ~np.isnan(middle[:, TWELVE]).all(axis=1)
    toward = directions_of(theirs, TWELVE_BONES), directions_of(ours, TWELVE_BONES)
    error = mean_known(1 - (toward[0] * toward[1].conj()).real, axis=1, none=np.nan)
    return np.where(
        (shared.sum(axis=1) >= FEWEST_JOINTS) & standing,
        100 * np.exp(-STRICTNESS * error),
        np.nan,
    )


def _evenly(rows: int, fps: float) -> NDArray[np.intp]:
    """Rows to warp: six a second, at most 240."""
    count = min(int((rows - 1) / fps * WARPED_PER_S + 1e-6) + 1, MOST_WARPED)
    step = fps / WARPED_PER_S if count < MOST_WARPED else (rows - 1) / (count - 1)
    return np.minimum(np.round(np.arange(count) * step), rows - 1).astype(np.intp)


def _flat_cosine_costs(theirs: Places, ours: Places) -> Floats:
    """Return (1 - cosine) / 2 of the twelve joints shared by each pair of rows (R, T), 1 for too few."""
    a, b = theirs[:, TWELVE], ours[:, TWELVE]
    a_seen, b_seen = (~np.isnan(side) * 1.0 for side in (a, b))
    a, b = np.nan_to_num(a), np.nan_to_num(b)
    lengths = np.sqrt(np.abs(a) ** 2 @ b_seen.T) * np.sqrt(a_seen @ (np.abs(b) ** 2).T)
    cosine = np.divide(
        (a @ b.conj().T).real, lengths, where=lengths > 1e-9, out=-np.ones(lengths.shape)
    )
    cosine[a_seen @ b_seen.T < FEWEST_JOINTS] = -1.0
    return np.asarray((1 - np.clip(cosine, -1, 1)) / 2)


MMPOSE_CONFIDENCE: Final = 0.3
MMPOSE_TOP: Final = 100 * float(np.log(121) / np.log(161))
"""Its 13 of 17 joints reach log(1 + 12 x 10) of log(161)."""
POOL: Final = 5 / 30  # s to either side


def boxed_keypoints(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean likeness of boxed bodies, mirrored or not, at the best offset of all.

    open-mmlab/mmpose, projects/just_dance/calculate_similarity.py and process_video.py. Both
    bodies are stretched to one box of the joints they share; a joint is worth exp(-50 d^2) of
    box sides. The offset is the one that adds up most (by up to three quarters of the song), then
    every frame takes the best of 11 teacher frames about it. The game adds 1000 a frame; this is
    the mean, with `MMPOSE_TOP` for a perfect one.
    """
    if not len(player):
        return 0.0
    theirs = places_of(reference, MMPOSE_CONFIDENCE)[:, BODY]
    ours = places_of(player, MMPOSE_CONFIDENCE)[:, :18]
    flipped = -ours[:, MIRROR].conj()[:, BODY]
    alike = np.maximum(_boxed_likeness(ours[:, BODY], theirs), _boxed_likeness(flipped, theirs))
    rows, columns = alike.shape
    offsets = np.arange(1 - rows, columns)
    sums = np.array([np.trace(alike, offset) for offset in offsets])
    short = min(rows, columns)
    sums[: short // 4] = sums[len(sums) - -(-short // 4) :] = 0.0
    offset = offsets[sums.argmax()]
    row = np.arange(max(0, -offset), min(rows, columns - offset))
    reach = round(POOL * fps)
    near = np.clip((row + offset)[:, None] + np.arange(-reach, reach + 1), 0, columns - 1)
    return 100 * float(alike[row[:, None], near].max(axis=1).mean())


def _boxed_likeness(ours: Places, theirs: Places) -> Floats:
    """Likeness (T, R) 0..1 of each of our rows and each of theirs by the joints both show."""
    alike = np.zeros((len(ours), len(theirs)))
    patterns, which = np.unique(~np.isnan(theirs), axis=0, return_inverse=True)
    for pattern, seen in enumerate(patterns):
        columns = np.flatnonzero(which.ravel() == pattern)
        own_patterns, own = np.unique(~np.isnan(ours) & seen, axis=0, return_inverse=True)
        for number, shared in enumerate(own_patterns):
            count = shared.sum()
            if count < 2:
                continue
            worth = np.log(1 + (count - 1) * 10) / np.log(161)
            rows = np.flatnonzero(own.ravel() == number)
            a, b = _boxed(ours[np.ix_(rows, shared)]), _boxed(theirs[np.ix_(columns, shared)])
            total = np.zeros((len(rows), len(columns)), dtype=np.float32)
            for k in range(count):
                apart = a[:, None, k] - b[None, :, k]
                total += np.exp(-50 * (apart.real**2 + apart.imag**2))
            alike[np.ix_(rows, columns)] = worth * total / count
    return alike


def _boxed(places: Places) -> NDArray[np.complex64]:
    """Places (N, K) as shares of their own box."""

    def shares(values: Floats) -> Floats:
        low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
        return np.asarray((values - low) / np.where(high > low, high - low, 1))

    return (shares(places.real) + 1j * shares(places.imag)).astype(np.complex64)


FIFTEEN: Final = (NOSE, L_EAR, R_EAR, *TWELVE)
SIGMAS: Final = np.array([0.026, *2 * [0.035], *2 * [0.079], *2 * [0.072], *2 * [0.062], *2 * [0.107],
                          *2 * [0.087], *2 * [0.089]])  # fmt: skip
TORSO_M: Final = 0.5
NOBODY: Final = -1.0
NOTHING_SHARED: Final = 100.0  # m^2: a pair of rows that no path should want


def keypoints_after_fastdtw(reference: Joints, player: Joints, fps: float) -> float:
    """Return a mix of cosine, closeness, OKS and PCK of key points in metres after FastDTW.

    boostcampaitech7/level4-cv-finalproject-hackathon-cv-19-lv3, backend/services/score.py and
    pose.py, with FastDTW of radius 1 as slaypni/fastdtw. Poses are metres about the hips (a torso
    is taken to be 0.5 m; heels and toes are missing here) and are warped by their distance when
    the player's box is stretched to the dancer's. A frame with nobody is a person at (-1, -1).
    """
    if not len(player):
        return 0.0
    theirs, ours = (_metres(joints) for joints in (reference, player))
    path = fast_warp(theirs, ours, _box_distance)
    a, b = theirs[path[:, 0]], ours[path[:, 1]]
    apart = np.linalg.norm(a - b, axis=-1)
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    cosines = np.divide((a * b).sum(axis=-1), lengths, where=lengths > 0, out=0 * lengths)
    alike = (
        np.minimum(1, cosines),
        np.maximum(0, 1 - apart),
        np.exp(-(apart**2) / (2 * (2 * SIGMAS) ** 2)),
        np.where(np.isnan(apart), np.nan, apart < 0.1),
    )
    means = (float(mean_known(values, axis=1).mean()) for values in alike)
    return float(int(100 * _blended(*means)))


def _blended(cosine: float, close: float, oks: float, pck: float) -> float:
    """Return that game's ladder of cases."""
    if cosine > 0.9 and close > 0.8:
        return max(cosine, close) if close > 0.9 else (cosine + close) / 2
    if cosine > 0.8 and close > 0.8:
        return 0.7 * cosine + 0.1 * (close + oks + pck)
    if oks < 0.2 and pck < 0.1:
        return min(oks, pck)
    return 0.3 * (cosine + close) + 0.2 * (oks + pck)


def _metres(joints: Joints) -> Floats:
    """Key points (T, 15, 2) about the hips in m; frames without a person at (-1, -1)."""
    places = places_of(joints)
    hips, rows = places[:, MID_HIP], np.arange(len(places))
    if (seen := ~np.isnan(hips)).any():  # that network always guesses where hidden hips are
        hips = np.interp(rows, rows[seen], hips[seen])
    metres = (places[:, FIFTEEN] - hips[:, None]) / torso_of(places) * TORSO_M
    metres[np.isnan(metres).all(axis=1)] = NOBODY * (1 + 1j)
    return np.stack([metres.real, metres.imag], axis=-1)


def _box_distance(a: Floats, b: Floats) -> Floats:
    """Distance (P,) of rows (P, K, 2) with b's box stretched to a's, as if all joints were shared."""
    shared = ~np.isnan(a + b)
    a_low, b_low = (np.where(shared, side, np.inf).min(1, keepdims=True) for side in (a, b))
    a_high, b_high = (np.where(shared, side, -np.inf).max(1, keepdims=True) for side in (a, b))
    with np.errstate(invalid="ignore"):
        b = (b - b_low) / (b_high - b_low + 1e-7) * (a_high - a_low) + a_low
    squares: Floats = mean_known(((a - b) ** 2).sum(axis=-1), axis=1, none=NOTHING_SHARED)
    distance: Floats = np.sqrt(a.shape[1] * squares)
    return distance
