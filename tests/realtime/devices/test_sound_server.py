from __future__ import annotations

import json

import pytest

from kpopdance.realtime.devices.sound_server import speaker_behind
from kpopdance.realtime.devices.sound_system import output_name

SINKS = [
    {"name": "alsa.1", "description": "Built-in"},
    {"name": "bluez.2", "description": "붐박스"},
]


@pytest.fixture
def pactl(tmp_path, monkeypatch):
    """A sound server's tool that says what it is told to say, or fails."""

    def says(sink, sinks, code=0):
        (tmp_path / "sinks").write_text(sinks, encoding="utf-8")
        tool = tmp_path / "pactl"
        tool.write_text(
            f"#!/bin/sh\n[ $1 = get-default-sink ] && echo {sink} || cat {tmp_path}/sinks\nexit {code}\n"
        )
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return says


@pytest.mark.parametrize(
    ("output", "sink", "sinks", "code", "name"),
    [
        ("default", "bluez.2", json.dumps(SINKS, ensure_ascii=False), 0, "붐박스"),
        ("pulse", "alsa.1", json.dumps(SINKS), 0, "Built-in"),
        ("default", "gone.3", json.dumps(SINKS), 0, "gone.3"),
        ("Focusrite: USB (hw:1,0)", "bluez.2", json.dumps(SINKS), 0, "Focusrite: USB (hw:1,0)"),
        ("default", "bluez.2", json.dumps(SINKS), 1, "default"),
        ("default", "bluez.2", "no json", 0, "default"),
        ("default", "bluez.2", '[{"index": 1}]', 0, "default"),
        ("default", "bluez.2", '{"a": 1}', 0, "default"),
    ],
)
def test_the_speaker_behind_a_server_is_named(pactl, output, sink, sinks, code, name):
    pactl(sink, sinks, code)
    assert speaker_behind(output) == name


def test_without_its_tool_an_output_is_what_it_is_called(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert speaker_behind("default") == "default"


@pytest.mark.sound
def test_a_real_server_names_its_speaker(null_sink):
    assert output_name() == "Null Output"
