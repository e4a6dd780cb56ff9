"""Other games that compare what the player does with what the dancer does at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import (
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_EYE,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NECK,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_EYE,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)
from tools.bench.scoring.rival_places import (
    BODY,
    MID_HIP,
    angles_at,
    directions_of,
    mean_known,
    mean_score,
    median_of,
    on_same_rows,
    over,
    torso_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Joints = NDArray[np.float32]
    Floats = NDArray[np.float64]
    Places = NDArray[np.complex128]


TOLERANCE_DEG: Final = 60.0
FIFTEEN_ANGLES: Final = (
    (L_SHOULDER, L_ELBOW, L_WRIST), (R_SHOULDER, R_ELBOW, R_WRIST),
    (L_ELBOW, L_SHOULDER, R_SHOULDER), (R_ELBOW, R_SHOULDER, L_SHOULDER),
    (L_HIP, L_KNEE, L_ANKLE), (R_HIP, R_KNEE, R_ANKLE),
    (L_KNEE, L_HIP, R_HIP), (R_KNEE, R_HIP, L_HIP),
    (L_SHOULDER, R_SHOULDER, R_HIP), (R_SHOULDER, L_SHOULDER, L_HIP),
    (L_HIP, L_SHOULDER, R_SHOULDER), (R_HIP, R_SHOULDER, L_SHOULDER),
    (L_SHOULDER, L_HIP, R_HIP), (R_SHOULDER, R_HIP, L_HIP), (NOSE, L_SHOULDER, R_SHOULDER),
)  # fmt: skip


def joint_angles(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean over fifteen angles of how near each was, 0 from 60 degrees apart on.

    Bamkrittaya/Final-Project, Final_YOLO8n-pose/just_dance_controller.py and
    videoPoseDetection.py. Frames where a side misses the angle are left out; an angle never seen
    counts 0; the song waits while nobody is in view, so those frames are left out too.
    """
    theirs, ours = on_same_rows(reference, player)
    apart = np.abs(angles_at(theirs, FIFTEEN_ANGLES) - angles_at(ours, FIFTEEN_ANGLES))
    near = np.clip(1 - apart / TOLERANCE_DEG, 0, 1)
    return 100 * float(mean_known(near, axis=0).mean())


OPEN_WEIGHTS: Final = np.array(
    [0.05, *2 * [0.075], *2 * [0.075], *2 * [0.125], *2 * [0.05], *4 * [0.075]]
)
OPEN_ANGLES: Final = (
    (L_HIP, L_SHOULDER, L_ELBOW), (L_SHOULDER, L_ELBOW, L_WRIST), (L_SHOULDER, L_HIP, L_KNEE),
    (L_HIP, L_KNEE, L_ANKLE), (R_HIP, R_SHOULDER, R_ELBOW), (R_SHOULDER, R_ELBOW, R_WRIST),
    (R_SHOULDER, R_HIP, R_KNEE), (R_HIP, R_KNEE, R_ANKLE),
)  # fmt: skip
UNSEEN_BELOW, SEEN_FROM = 0.1, 0.4
MOST_TURN_DEG: Final = 30.0


def positions_and_angles(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean accuracy of frames: 1 less an error of places (0.7) and angles (0.3), eased.

    diegoperea20/OpenJustDance, engine/score_engine/comparator.py and scoring.py,
    engine/normalize_engine/normalizer.py, apps/desktop/controller.py. Bodies stand on the middle
    of their hips, as many shoulder widths large, hips level, and are then turned onto each other
    by up to 30 degrees. Joints fade in from confidence 0.1 to 0.4. No player is 0; no reference
    is not asked. Without shoulders there is no size, which counts as no player.
    """
    theirs, ours = on_same_rows(reference, player)
    asked = ~np.isnan(theirs[:, BODY]).all(axis=1)
    rows = min(len(reference), len(player))
    confidence = np.zeros((*theirs.shape[:1], 18))
    confidence[:rows] = np.minimum(reference[:rows, :, 2], player[:rows, :, 2])
    trust = np.clip((confidence - UNSEEN_BELOW) / (SEEN_FROM - UNSEEN_BELOW), 0, 1)
    theirs, ours = _upright(theirs), _upright(ours)
    trust *= ~np.isnan(theirs[:, :18] + ours[:, :18])

    error = 0.7 * _apart_when_turned(theirs[:, BODY], ours[:, BODY], trust[:, BODY])
    bent = np.abs(angles_at(theirs, OPEN_ANGLES) - angles_at(ours, OPEN_ANGLES)) / 180
    weight = OPEN_WEIGHTS[[BODY.index(middle) for _, middle, _ in OPEN_ANGLES]]
    weight = weight * np.stack([trust[:, angle].min(axis=1) for angle in OPEN_ANGLES], axis=1)
    heavy = weight.sum(axis=1)
    turns = np.divide(
        (weight * np.nan_to_num(bent)).sum(axis=1), heavy, where=heavy > 0, out=error / 0.7
    )
    error = _eased_until_lost((error + 0.3 * turns)[asked])
    return 100 * float(np.nan_to_num(1 - np.minimum(error, 1)).mean()) if len(error) else 0.0


def _upright(places: Places) -> Places:
    """Bodies about their hips, in shoulder widths, with level hips."""
    hips, shoulders = places[:, [R_HIP, L_HIP]], places[:, [R_SHOULDER, L_SHOULDER]]
    hip, shoulder = hips.mean(axis=1), shoulders.mean(axis=1)
    width = np.abs(shoulders[:, 1] - shoulders[:, 0])
    width = np.where(width > 1e-6, width, 2 * np.abs(shoulder - hip))
    line = np.where(np.isnan(hip), shoulders[:, 0] - shoulders[:, 1], hips[:, 0] - hips[:, 1])
    middle = np.where(np.isnan(hip), shoulder, hip)[:, None]
    return over((places - middle) * np.exp(-1j * np.angle(line))[:, None], width[:, None])


def _apart_when_turned(theirs: Places, ours: Places, trust: Floats) -> Floats:
    """Mean distance (T,) after moving and turning ours onto theirs, NaN under one joint's trust."""
    weight = OPEN_WEIGHTS * trust
    whole = np.where(trust.sum(axis=1) < 1, np.nan, weight.sum(axis=1))[:, None]
    theirs, ours = (
        seen - over((weight * seen).sum(axis=1, keepdims=True), whole)
        for seen in (np.where(trust > 0, theirs, 0), np.where(trust > 0, ours, 0))
    )
    turn = np.angle((weight * ours.conj() * theirs).sum(axis=1, keepdims=True))
    turn[np.abs(turn) > np.deg2rad(MOST_TURN_DEG)] = 0.0
    apart = weight * np.abs(ours * np.exp(1j * turn) - theirs)
    return np.asarray(apart.sum(axis=1) / whole[:, 0])


def _eased_until_lost(errors: Floats) -> Floats:
    """Errors (T,), each the mean of itself and the one before; NaN starts anew."""
    out = errors.copy()
    for k in range(1, len(out)):
        if not np.isnan(out[k - 1]):
            out[k] = 0.5 * out[k] + 0.5 * out[k - 1]
    return out


FOURTEEN_BONES: Final = (
    (R_SHOULDER, R_ELBOW), (R_ELBOW, R_WRIST), (L_SHOULDER, L_ELBOW), (L_ELBOW, L_WRIST),
    (NECK, R_SHOULDER), (NECK, L_SHOULDER), (NOSE, NECK), (NECK, MID_HIP), (MID_HIP, R_HIP),
    (MID_HIP, L_HIP), (R_HIP, R_KNEE), (R_KNEE, R_ANKLE), (L_HIP, L_KNEE), (L_KNEE, L_ANKLE),
)  # fmt: skip


def bone_cosine(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean over frames and bones of 100 less 100 x sqrt(2 (1 - cosine)), at least 0.

    An OpenPose webcam comparison with the functions ``scoring_two_vector`` and ``analysis_sync``
    (the index of public code that we read does not say whose). The cosine of two unit vectors
    makes the root their distance. Bones seen on both sides count; a frame without any is 0. Its
    FastDTW only tells the player how late a second of the song was; it gives no points.
    """
    theirs, ours = (directions_of(p, FOURTEEN_BONES) for p in on_same_rows(reference, player))
    return float(mean_known(100 * np.clip(1 - np.abs(theirs - ours), 0, 1), axis=1).mean())


CLONE_CONFIDENCE: Final = 0.5
CLONE_ANGLES: Final = (
    (L_ELBOW, L_SHOULDER, L_HIP), (R_ELBOW, R_SHOULDER, R_HIP), (L_SHOULDER, L_ELBOW, L_WRIST),
    (R_SHOULDER, R_ELBOW, R_WRIST), (L_HIP, L_KNEE, L_ANKLE), (R_HIP, R_KNEE, R_ANKLE),
)  # fmt: skip
HANDS_AND_FEET: Final = (L_WRIST, R_WRIST, L_ANKLE, R_ANKLE)
MATCHED_ABOVE: Final = 0.6
TORSO_IN_PICTURE: Final = 0.26
"""Neck to hips of a dancer who fills the picture, in picture heights."""


def calibrated_keypoints(reference: Joints, player: Joints, fps: float) -> float:
    """Return the share of frames where places (0.5), angles (0.3) and accelerations (0.2) match by 0.6.

    algomlop/Clone-Dance, clone_dance.js and game_config.js. Places are picture shares (a torso is
    taken to be 0.26), set to the dancer's size and place once: there in one pose, here by the
    medians of the song. Its last seen pose stays for a player out of view. An error of exactly 0
    is taken for missing there, a slip that no camera meets and that is not restated.
    """
    theirs, ours = on_same_rows(reference, player, CLONE_CONFIDENCE)
    ours = _kept(ours)
    asked = ~np.isnan(theirs[:, BODY]).all(axis=1) & ~np.isnan(ours[:, BODY]).all(axis=1)
    theirs, ours = (p * (TORSO_IN_PICTURE / torso_of(p)) for p in (theirs, ours))
    ours = ours + median_of(_middle(theirs)) - median_of(_middle(ours))
    bent = np.abs(angles_at(theirs, CLONE_ANGLES) - angles_at(ours, CLONE_ANGLES))
    errors = (
        (0.5, 0.3, 1.0, np.abs(theirs - ours)[:, BODY]),
        (0.3, 0.4, 180.0, bent),
        (0.2, 0.2, 1.0, np.abs(_accelerations(theirs) - _accelerations(ours))),
    )
    score = np.zeros(len(theirs))
    for share, ease, worst, error in errors:
        mean = mean_known(_eased(error, ease), axis=1, none=worst)
        score += share * np.maximum(0, 1 - mean / worst)
    return 100 * float((score[asked] > MATCHED_ABOVE).mean()) if asked.any() else 0.0


def _kept(places: Places) -> Places:
    """Places with the last seen pose in rows where nobody was seen."""
    seen = ~np.isnan(places[:, BODY]).all(axis=1)
    return places[np.maximum.accumulate(np.where(seen, np.arange(len(places)), 0))]


def _middle(places: Places) -> Places:
    """Middle (T,) of shoulders and hips."""
    middle: Places = places[:, [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]].mean(axis=1)
    return middle


def _accelerations(places: Places) -> Floats:
    """Picture shares per frame and frame (T, 4) of hands and feet, 0 where unknown."""
    ends = places[:, HANDS_AND_FEET]
    out = np.zeros(ends.shape)
    out[2:] = np.nan_to_num(np.abs(ends[2:] - 2 * ends[1:-1] + ends[:-2]))
    return out


def _eased(errors: Floats, share: float) -> Floats:
    """Errors (T, K), each with so much of itself and the rest of the last known; NaN stays NaN."""
    out, last = errors.copy(), np.full(errors.shape[1], np.nan)
    for row in out:
        row[:] = np.where(np.isnan(last), row, share * row + (1 - share) * last)
        last = np.where(np.isnan(row), last, row)
    return out


PICTURE_WEIGHTS: Final = {
    NOSE: 1, L_EYE: 3, R_EYE: 3, L_EAR: 1, R_EAR: 1, L_SHOULDER: 5, R_SHOULDER: 5, L_ELBOW: 5,
    R_ELBOW: 5, L_WRIST: 5, R_WRIST: 5, L_HIP: 1, R_HIP: 1,
}  # fmt: skip
PICTURE_WEIGHT_SUM: Final = 40.0  # the game's own, though they add up to 41


def picture_cosine(reference: Joints, player: Joints, fps: float) -> float:
    """Return the mean over frames of cosine less distance of key points, seen from the picture's corner.

    alygao/dance-pose, my-app/src/calcScore.js. Nobody is moved or scaled: a joint is the squares
    of its x and y, and its cosine is the angle at the top left corner. Frames without a pose do
    not count.
    """
    theirs, ours = (p[:, list(PICTURE_WEIGHTS)] for p in on_same_rows(reference, player))
    a, b = (p.real**2 + 1j * p.imag**2 for p in (theirs, ours))
    lengths = np.abs(a) * np.abs(b)
    cosine = np.divide((a * b.conj()).real, lengths, where=lengths > 0, out=lengths * 0)
    cosine = np.minimum(cosine, 1)
    weight = np.array(list(PICTURE_WEIGHTS.values())) * ~np.isnan(cosine)
    heavy = weight.sum(axis=1)
    whole = sum(PICTURE_WEIGHTS.values()) / PICTURE_WEIGHT_SUM
    weight = whole * weight / np.maximum(heavy, 1)[:, None]
    near = np.minimum((weight * np.nan_to_num(cosine)).sum(axis=1), 1)
    far = np.minimum((weight * np.sqrt(2 * (1 - np.nan_to_num(cosine)))).sum(axis=1), 1)
    return mean_score(np.where(heavy > 0, 100 * np.maximum(0, near - far), np.nan))
