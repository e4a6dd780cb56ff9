"""A player's picture out of a dance: of the best move so far, held in memory until somebody wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.library.players import FACE_PX, keep_face
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.screens.view import DanceView

HEAD: Final = (0, 14, 15, 16, 17)
NECK: Final = 1
WIDE: Final = 4.2
"""Of the way from head to neck: the side of the picture."""
LEAST_PX: Final = 24
FRESH_S: Final = 0.25  # so long after a verdict its move is still to be seen


class Portrait:
    """Looks at a dance as it is shown; ``face`` is the best picture so far, see ``face_in``."""

    def __init__(self) -> None:
        self.face: bytes = b""
        self._score = 0.0

    def look(self, view: DanceView) -> None:
        """Take the picture of a move that was better than all before it."""
        verdict = view.verdict
        if verdict is None or verdict.score <= self._score or view.verdict_age_s > FRESH_S:
            return
        if view.picture is not None and view.pose is not None:
            face = face_in(view.picture, view.pose)
            self.face, self._score = (face, verdict.score) if face else (self.face, self._score)


class FaceOffer:
    """A picture that a player may take for theirs on the result page; none of a guest or a demo."""

    def __init__(self, store: Store, face: bytes) -> None:
        self._store, self._face = store, face if store.keeps else b""
        self._keeping: Future[None] | None = None

    def take(self) -> None:
        """Keep it, once."""
        if self._face and self._keeping is None:
            self._keeping = beside(lambda: keep_face(self._store, self._face))

    @property
    def words(self) -> str:
        """What the key does now, or did; empty where there is no picture."""
        if not self._face:
            return ""
        if self._keeping is None or not self._keeping.done():
            return _("my picture")
        why = self._keeping.exception()
        return (
            _("your picture is kept")
            if why is None
            else _("your picture is not kept: {why}", why=why)
        )


def face_in(picture: NDArray[np.uint8], pose: Pose) -> bytes:
    """Return somebody's head and shoulders as RGB, FACE_PX square; nothing where they are not seen.

    Parameters
    ----------
    picture : uint8 (H, W, 3) BGR
    pose : Pose
        Px of the picture.
    """
    seen = [k for k in HEAD if pose.seen[k]]
    if not seen or not pose.seen[NECK]:
        return b""
    head, neck = pose.joints[seen, :2].mean(axis=0), pose.joints[NECK, :2]
    side = min(WIDE * float(np.linalg.norm(neck - head)), *map(float, picture.shape[:2]))
    if side < LEAST_PX:
        return b""
    middle = head + 0.3 * (neck - head)
    most = np.array(picture.shape[1::-1]) - side
    left, top = np.clip(middle - side / 2, 0, most)
    steps = (np.arange(2 * FACE_PX) + 0.5) / (2 * FACE_PX) * side
    cut = picture[(top + steps).astype(int)][:, (left + steps).astype(int), ::-1]
    fine = cut.reshape(FACE_PX, 2, FACE_PX, 2, 3).mean(axis=(1, 3))
    return bytes(fine.round().astype(np.uint8))
