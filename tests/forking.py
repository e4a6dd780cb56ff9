"""Scenarios that need a process of their own each, forked from one that has imported everything.

A program of scenarios begins with ``next_scenario()`` once its imports are done, and runs what
``sys.argv`` names then. Its test keeps it open and lets it play::

    program = Program(path, env)
    program.play("a_scenario", "cuda-bindings", PAPER_DEFERRED="1")
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile

LONGEST_S = 120


class Program:
    """A program that waits with its imports done, and forks itself for each scenario."""

    def __init__(self, path, env) -> None:
        self._running = subprocess.Popen(
            [sys.executable, str(path)],
            env=env | {"OPENBLAS_NUM_THREADS": "1"},  # what forks has no threads beside it
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def play(self, *words, **env) -> None:
        """Run one scenario to its end; it must end well."""
        self._running.stdin.write(json.dumps([words, env]) + "\n")
        self._running.stdin.flush()
        answer = self._running.stdout.readline()
        assert answer, f"the program has ended with {self._running.wait()}"
        code, said = json.loads(answer)
        assert code == 0, said[-3000:]

    def close(self) -> None:
        """Let it end."""
        self._running.communicate()


def next_scenario() -> None:
    """Fork at each line of the standard input; it is the child that goes on, with its words."""
    if len(sys.argv) > 1:  # by hand
        return
    for line in sys.stdin:
        words, env = json.loads(line)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            child = os.fork()
            if child == 0:
                _become(words, env, said.fileno())
                return
            _, status = os.waitpid(child, 0)
            said.seek(0)
            told = json.dumps([os.waitstatus_to_exitcode(status), said.read()])
        sys.stdout.write(told + "\n")
        sys.stdout.flush()
    sys.exit()


def _become(words, env, said) -> None:
    signal.alarm(LONGEST_S)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update(env)
    sys.argv[1:] = words
