"""Files of numpy's are read by one thread at a time.

Python before 3.11.9 and 3.12.2 counts the depth of what it parses for all threads together, and numpy
parses each array's header: of two threads that read at once, one may raise SystemError (CPython issue
106905). What Python does with warnings is for all threads together, too.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

ONE_READER: Final = Lock()
