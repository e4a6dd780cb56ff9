"""What the loop asks of the world; devices answer, tests fake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from kpopdance.realtime.core.health import WELL_CAMERA, Health
from kpopdance.realtime.core.track import MAX_GAP_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from kpopdance.realtime.core.types import Frame, Heard, Sound

Surface: TypeAlias = Any
"""A ``pygame.Surface``; ports know no device library."""

Place: TypeAlias = tuple[int, int, int, int]
"""Left, top, width and height of a box, px of the surface."""
SILENCES_KEPT: Final = 64
"""Of the newest: 16 s of them; a look at a picture takes no longer."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What a camera delivered, whether anybody took it or not.

    ``pictures`` so many, the newest captured at host second ``newest_s`` (None: none came yet);
    ``silences`` are the host seconds (from, to) between two pictures of which nobody can say what
    happened meanwhile, oldest first.
    """

    pictures: int = 0
    newest_s: float | None = None
    silences: tuple[tuple[float, float], ...] = ()

    def after(self, captured_s: float) -> Deliveries:
        """Return them with one picture more."""
        before_s, silences = self.newest_s, self.silences
        if before_s is not None and captured_s - before_s > MAX_GAP_S:
            silences = (*silences[1 - SILENCES_KEPT :], (before_s, captured_s))
        return Deliveries(self.pictures + 1, captured_s, silences)


@dataclass(frozen=True, slots=True)
class CameraState:
    """How a camera is doing: ``health`` in words; sizes are (width, height) px.

    ``delivered`` is what it delivered so far; None of one that does not count.
    """

    name: str
    asked: str
    size: tuple[int, int] | None
    fps: float | None
    dropped: int
    health: Health = WELL_CAMERA
    delivered: Deliveries | None = None


class Camera(Protocol):
    """A source of frames that keeps only the newest."""

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned, or None after the timeout."""

    def state(self) -> CameraState:
        """Return how the camera is doing now."""

    def retry(self) -> None:
        """Open it anew, at once."""

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Show somebody every picture from now on, on the camera's thread; None: nobody any more."""

    def close(self) -> None:
        """Release the camera; returns within about 2 s even if it hangs."""


class Pictures(Protocol):
    """A film's pictures; who asks never waits."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""

    def at(self, second: float) -> Frame:
        """Return the newest picture that is due at a second of the film; it tells its own second."""

    def close(self) -> None:
        """Let go of the film."""


class StageWindow(Protocol):
    """A second window, for streaming programs; once it is closed it shows nothing."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""

    @property
    def due(self) -> bool:
        """Whether another picture of a dance is to be shown now."""

    def show(self, picture: Surface) -> None:
        """Show a picture of a dance."""

    def rest(self, card: Future[Surface]) -> None:
        """Show a card as soon as it is drawn, until a dance is shown."""


class Speaker(Protocol):
    """Plays one song and says when its samples sound."""

    @property
    def heard(self) -> Heard | None:
        """The newest report of the device; None before the first block."""

    @property
    def health(self) -> Health:
        """How the sound is doing."""

    @property
    def underruns(self) -> int:
        """How often the sound ran dry so far."""

    def start(self, from_s: float) -> None:
        """Begin at a song second (negative: count-in first)."""

    def pause(self, fade_s: float = 0.0) -> None:
        """Fall silent, at once or by and by."""

    def repeat(self, span_s: tuple[float, float] | None) -> None:
        """Go back, without a gap, from a span's end to its begin; None: play on, from the next end.

        What lies behind the span when it is set is played on.
        """

    def close(self) -> None:
        """Release the device."""


class Microphone(Protocol):
    """Hears the room, and says when."""

    @property
    def health(self) -> Health:
        """How it is doing."""

    def heard(self) -> list[Sound]:
        """Return what it heard since it was last asked, oldest first."""

    def close(self) -> None:
        """Release the device."""


class HostClock(Protocol):
    """The one host clock."""

    def now(self) -> float:
        """Return host seconds (``time.perf_counter``)."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What somebody's hands did since the frame before.

    ``held_at`` is where the mouse is while its button is held, px of the surface (None: it is not);
    ``wheel`` by how many steps it was turned, up is positive; ``typed`` what was written, and
    ``composing`` what an input method holds that is not written yet (Hangul); ``again`` are the keys
    that are held down so long that they count once more.
    """

    held_at: tuple[int, int] | None = None
    wheel: int = 0
    typed: str = ""
    composing: str = ""
    again: tuple[str, ...] = ()


class Window(Protocol):
    """Something to draw on that reports keys and mouse, and reaches the clipboard."""

    @property
    def surface(self) -> Surface:
        """What to draw on this frame."""

    def events(self) -> list[str]:
        """Return the names of keys pressed since the last call, and ``quit``."""

    @property
    def letters(self) -> Mapping[str, str]:
        """What stands on the player's keys instead of a US keyboard's letters, where it differs."""

    def clicks(self) -> list[tuple[int, int]]:
        """Return where the mouse was pressed before the last ``events``, px of the surface."""

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is, px of the surface; None while it is elsewhere."""

    def copy(self, text: str) -> bool:
        """Put a text on the clipboard; return whether that worked."""

    def flip(self) -> None:
        """Show what was drawn and wait for the next frame's turn."""
