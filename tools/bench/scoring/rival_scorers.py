"""How other open dance games score, restated to be measured beside ours.

Every scorer takes what the dancer of the song and the player did, on the same song seconds, and
returns what that game would show, 0..100. Formulas were read in the files named by `RIVALS` and
written anew; none of their code is here. Common to all: our 18 joints stand for theirs, there is
no depth, a picture is as wide as high, and the mirror that most of them hold before the camera is
left out, for here left is the dancer's own on both sides. Where a game's pose network always
guesses a joint that we did not see, that joint's pair is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tools.bench.scoring import rival_forgiving as forgiving
from tools.bench.scoring import rival_same_moment as same

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Joints = NDArray[np.float32]


class Rival(NamedTuple):
    """Another game's scorer: its name here, its function, what it restates, its highest score."""

    label: str
    score: Callable[[Joints, Joints, float], float]
    source: str
    top: float = 100.0


RIVALS: Final[dict[str, Rival]] = {
    rival.score.__name__: rival
    for rival in (
        Rival(
            "joint angles, 60 deg",
            same.joint_angles,
            "Bamkrittaya/Final-Project, Final_YOLO8n-pose/just_dance_controller.py",
        ),
        Rival(
            "OpenJustDance",
            same.positions_and_angles,
            "diegoperea20/OpenJustDance, engine/score_engine/comparator.py",
        ),
        Rival(
            "bone cosine, OpenPose",
            same.bone_cosine,
            "an OpenPose webcam comparison with scoring_two_vector and analysis_sync",
        ),
        Rival(
            "dance-pose-coach, videos",
            forgiving.bones_after_dtw,
            "spacelobster88/dance-pose-coach, src/pose/dtw.ts",
        ),
        Rival(
            "dance-pose-coach, webcam",
            forgiving.bones_in_window,
            "spacelobster88/dance-pose-coach, src/pose/streamDtw.ts",
        ),
        Rival(
            "MMPose just_dance",
            forgiving.boxed_keypoints,
            "open-mmlab/mmpose, projects/just_dance/calculate_similarity.py",
            forgiving.MMPOSE_TOP,
        ),
        Rival("Clone-Dance", same.calibrated_keypoints, "algomlop/Clone-Dance, clone_dance.js"),
        Rival(
            "FastDTW K-pop app",
            forgiving.keypoints_after_fastdtw,
            "boostcampaitech7/level4-cv-finalproject-hackathon-cv-19-lv3, backend/services/score.py",
        ),
        Rival(
            "dance-pose, picture",
            same.picture_cosine,
            "alygao/dance-pose, my-app/src/calcScore.js",
        ),
    )
}
"""By the name of the function."""
