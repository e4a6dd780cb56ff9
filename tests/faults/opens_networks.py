"""A process of its own that opens networks one after the other: what kills it kills no test.

Reads a path a line; answers with one line, ``well`` or what a traceback would have begun with.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kpopdance.engines.choose import open_vision
from kpopdance.engines.errors import DanceError

for line in sys.stdin:
    answer = "well"
    for runtime in ("onnxruntime", "openvino"):
        try:
            vision = open_vision(runtime, model=Path(line.rstrip("\n")), threads=1)
            vision.see(np.zeros((64, 64, 3), np.uint8), region=None, size=(64, 64))
        except DanceError as why:
            if "\n" in str(why):
                answer = f"{runtime}: more than a line: {why!r}"
        except Exception as fault:  # noqa: BLE001 - that is what is looked for
            answer = f"{runtime}: {fault!r}".replace("\n", " ")
    print(answer, flush=True)
