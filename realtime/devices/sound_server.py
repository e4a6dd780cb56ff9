"""Which speaker a Linux sound server plays on: PortAudio knows the server alone, as "default"."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Final

SERVERS: Final = ("default", "pulse", "pipewire", "sysdefault")
"""What ALSA calls what leads to one."""
ANSWERS_S: Final = 2.0


def speaker_behind(output: str) -> str:
    """Return what the speaker is called behind an output; the output itself where it is one."""
    if output not in SERVERS:
        return output
    try:
        sink = _told("get-default-sink").strip()
        sinks: list[dict[str, Any]] = json.loads(_told("--format=json", "list", "sinks"))
        named = {str(each["name"]): str(each["description"]) for each in sinks}
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return output  # no server, or one that speaks otherwise: all that is known is its name
    return named.get(sink, sink) or output


def _told(*words: str) -> str:
    done = subprocess.run(
        ["pactl", *words], capture_output=True, check=True, timeout=ANSWERS_S,
        encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout
