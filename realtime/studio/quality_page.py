"""The page that shows how well a song was recorded."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import SubElement

import numpy as np

from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.studio.quality import (
    ABSENT,
    STATES,
    STEP_S,
    UNSEEN,
    WORDS,
    section_at,
)
from kpopdance.realtime.studio.recording import LIMB_JOINTS
from kpopdance.realtime.studio.web_page import add_row, begun, finished, say, write

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from kpopdance.realtime.core.types import Formation
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.studio.quality import MemberQuality, SongQuality

COLOURS: Final = {
    "unseen": "#ff5260",
    "guessed": "#ffd34d",
    "seen": "#7c6cf0",
    "sure": "#28e2ff",
}
MEANINGS: Final = {
    "sure": N_("sure: right at least four times in five"), "seen": N_("seen: seen, less surely"),
    "guessed": N_("guessed: a short gap, bridged in a straight line"),
    "unseen": N_("unseen: moves are not judged there"),
}  # fmt: skip
MEMBERS: Final = ("#ff2d96", "#28e2ff", "#ffd34d", "#9a6bff", "#54ffb2", "#ff9f5a", "#c9c3ff")
"""Of the members' dots in the formation, in turn; each has its number in it too."""
WIDE, ROW, LABELS = 1000, 16, 92
"""Px of a strip: its width, a limb's height, and the room for the limbs' names."""
PLANS: Final = 8
"""So many moments the formation is shown at, at most."""
PLAN_PX: Final = 220
SMALLEST_STAGE: Final = 2.0
"""Body heights a plan shows at least, so that who stands still seems not to run."""


def page_of(quality: SongQuality) -> bytes:
    """Return the page, HTML in UTF-8."""
    song = quality.song
    html, body = begun(_("{song}: how well it was recorded", song=song.title))
    _top(body, quality)
    _to_film_again(body, quality)
    say(body, "h2", _("Who is seen when"))
    _key(body)
    for number, member in enumerate(quality.members):
        _card(body, quality, number, member)
    if song.formation is not None and np.isfinite(song.formation.floor).any():
        _formation(body, song, song.formation)
    _beats(body, quality)
    return finished(html)


def told(quality: SongQuality) -> dict[str, Any]:
    """Return the same for programs: what ``--json`` prints; shares and seconds."""
    song, places = quality.song, quality.song.formation
    return {
        "title": song.title, "artist": song.artist,
        "from_s": round(quality.start_s, 3), "to_s": round(quality.end_s, 3), "step_s": STEP_S,
        "states": list(STATES),
        "members": [_member_told(member) for member in quality.members],
        "formation": None if places is None else _places_told(song, places),
        "beats": {"bpm": song.bpm, "offset_s": song.offset_s, "sections": song.sections},
        "film_again": [
            {
                "member": one.member + 1, "from_s": round(one.start_s, 2),
                "to_s": round(one.end_s, 2), "what": one.what, "remedy": one.remedy,
            }
            for one in quality.again
        ],
    }  # fmt: skip


def _member_told(member: MemberQuality) -> dict[str, Any]:
    limbs = {
        limb: {
            **{name: round(member.share(k, state), 4) for state, name in enumerate(STATES)},
            "over_time": member.states[k].tolist(),
        }
        for k, limb in enumerate(LIMB_JOINTS)
    }
    return {
        "name": member.name, "on_stage_s": round(member.there_s, 2),
        "seen": round(member.seen, 4), "limbs": limbs,
    }  # fmt: skip


def _places_told(song: SongPack, places: Formation) -> list[dict[str, Any]]:
    return [
        {
            "song_s": round(at_s, 2),
            "places": [
                [round(float(each), 3) for each in place] if np.isfinite(place).all() else None
                for place in places.floor[:, row]
            ],
        }
        for at_s, row in _moments(song, places)
    ]


# the parts of the page


def _top(body: Element, quality: SongQuality) -> None:
    song = quality.song
    say(body, "h1", song.title)
    if song.artist:
        say(body, "p", song.artist)
    there = [member.seen for member in quality.members if member.there_s > 0]
    share = 100 * float(np.mean(there)) if there else 0.0
    seen = counted(
        "{n} dancer, {s:.0f} s: {percent:.0f} % of their limbs seen while they are on stage.",
        "{n} dancers, {s:.0f} s: {percent:.0f} % of their limbs seen while they are on stage.",
        len(quality.members), s=quality.end_s - quality.start_s, percent=share,
    )  # fmt: skip
    again = _("Nothing needs filming again.")
    if quality.again:
        again = counted(
            "{n} stretch worth filming again.", "{n} stretches worth filming again.",
            len(quality.again),
        )  # fmt: skip
    say(body, "p", f"{seen} {again}", {"class": "sum"})


def _to_film_again(body: Element, quality: SongQuality) -> None:
    if not quality.again:
        return
    say(body, "h2", _("What to film again"))
    table = SubElement(SubElement(body, "section"), "table")
    add_row(table, "th", ("", _("song"), _("dancer"), _("what is missing"), _("what to do")))
    for number, one in enumerate(quality.again, start=1):
        when = _("{begin} to {end}", begin=_clock(one.start_s), end=_clock(one.end_s))
        section = f" ({one.section})" if one.section else ""
        who = quality.members[one.member].name
        add_row(table, "td", (f"{number}", when + section, who, one.what, one.remedy))


def _key(body: Element) -> None:
    key = SubElement(body, "div", {"class": "key"})
    for state in reversed(STATES):
        say(
            key,
            "span",
            _(MEANINGS[state]),
            {"style": f"--c: {COLOURS[state]}"},
        )


def _card(body: Element, quality: SongQuality, number: int, member: MemberQuality) -> None:
    card = SubElement(body, "section")
    head = SubElement(card, "h3")
    say(head, "span", f"{number + 1}  {member.name}", {"style": f"color: {_colour(number)}"})
    lead = " · " + _("the one to copy") if number == quality.song.lead else ""
    say(
        head, "small",
        _(
            "on stage {s:.0f} s · {percent:.0f} % seen", s=member.there_s, percent=100 * member.seen
        ) + lead,
    )  # fmt: skip
    high = ROW * (len(LIMB_JOINTS) + 2)
    strip = SubElement(
        card, "svg", viewBox=f"0 0 {WIDE + LABELS + 44} {high}", role="img",
        attrib={"aria-label": _("when each limb of {dancer} is seen", dancer=member.name)},
    )  # fmt: skip
    for k, limb in enumerate(LIMB_JOINTS):
        _limb(strip, k, limb, member)
    _ruler(strip, quality, ROW * len(LIMB_JOINTS))


def _limb(strip: Element, k: int, limb: str, member: MemberQuality) -> None:
    y, columns = ROW * k, member.states.shape[1]
    write(strip, _(WORDS[limb]), 0, y + 12)
    column = 0
    for state, run in groupby(member.states[k].tolist()):
        many = len(list(run))
        if state != ABSENT:
            high = (
                ROW - 3 if state != UNSEEN else ROW - 9
            )  # told by shape too, not by colour alone
            SubElement(
                strip, "rect", x=f"{LABELS + WIDE * column / columns:.1f}",
                y=f"{y + (ROW - 3 - high) / 2:g}", width=f"{WIDE * many / columns:.2f}",
                height=f"{high}", fill=COLOURS[STATES[state]],
            )  # fmt: skip
        column += many
    seen = 1 - member.share(k, UNSEEN) - member.share(k, STATES.index("guessed"))
    write(strip, f"{100 * seen:.0f} %", LABELS + WIDE + 8, y + 12)


def _ruler(strip: Element, quality: SongQuality, y: int) -> None:
    """Draw seconds, or sections where the song has them, below a strip."""
    columns = quality.members[0].states.shape[1]
    span_s = columns * STEP_S
    marks = [(start_s, name) for name, start_s in quality.song.sections]
    every_s = next(s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600) if span_s / s <= 12)
    first = int(np.ceil(quality.start_s / every_s))
    for at_s in np.arange(first, quality.end_s / every_s) * every_s:
        x = LABELS + WIDE * (at_s - quality.start_s) / span_s
        SubElement(
            strip, "line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=f"{y}", y2=f"{y + 4}", stroke="#6b5ca5"
        )  # fmt: skip
        write(strip, _clock(at_s), x + 3, y + 12)
    for at_s, name in marks:
        x = LABELS + WIDE * (max(at_s, quality.start_s) - quality.start_s) / span_s
        if at_s < quality.end_s:
            SubElement(
                strip, "line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1="0", y2=f"{y + 2 * ROW - 6}",
                stroke="#efeaff", attrib={"stroke-opacity": "0.35"},
            )  # fmt: skip
            write(strip, name, x + 3, y + 2 * ROW - 6)


def _formation(body: Element, song: SongPack, places: Formation) -> None:
    say(body, "h2", _("Formation, from above"))
    say(body, "p", _("Whoever looks on stands below; a square is one body height."))
    plans = SubElement(SubElement(body, "section"), "div", {"class": "plans"})
    known = places.floor[np.isfinite(places.floor).all(axis=-1)]
    reach = max(SMALLEST_STAGE / 2, float(np.abs(known).max())) + 0.35
    moments = _moments(song, places)
    near = moments[-1][0] - moments[0][0] < 2 * (len(moments) - 1)
    for at_s, row in moments:
        figure = SubElement(plans, "figure")
        _plan(figure, places, row, reach)
        section = section_at(song, at_s)
        say(
            figure, "figcaption", _clock(at_s, int(near)) + (f" · {section}" if section else "")
        )


def _plan(figure: Element, places: Formation, row: int, reach: float) -> None:
    plan = SubElement(figure, "svg", viewBox=f"0 0 {PLAN_PX} {PLAN_PX}", role="img")
    scale = PLAN_PX / (2 * reach)
    for line in range(-int(reach), int(reach) + 1):
        at = f"{PLAN_PX / 2 + line * scale:.1f}"
        for ends in (
            {"x1": at, "x2": at, "y1": "0", "y2": f"{PLAN_PX}"},
            {"x1": "0", "x2": f"{PLAN_PX}", "y1": at, "y2": at},
        ):
            SubElement(plan, "line", ends | {"stroke": "#33266b"})
    for number, (right, away) in enumerate(places.floor[:, row].tolist()):
        if not (places.there[number, row] and np.isfinite((right, away)).all()):
            continue
        x, y = PLAN_PX / 2 + right * scale, PLAN_PX / 2 - away * scale
        SubElement(plan, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="11", fill=_colour(number))
        write(plan, f"{number + 1}", x, y, {"class": "number"})


def _beats(body: Element, quality: SongQuality) -> None:
    song = quality.song
    say(body, "h2", _("Beats"))
    card = SubElement(body, "section")
    say(
        card, "p", _(
            "{bpm:g} beats a minute; a first beat of a bar at {s:.3f} s.",
            bpm=song.bpm, s=song.offset_s,
        ),
    )  # fmt: skip
    if song.sections:
        table = SubElement(card, "table")
        add_row(table, "th", ("", _("section"), _("begins")))
        for number, (name, start_s) in enumerate(song.sections, start=1):
            add_row(table, "td", (f"{number}", name, _clock(start_s)))


# small things


def _moments(song: SongPack, places: Formation) -> list[tuple[float, int]]:
    """Return the song seconds and rows the formation is shown at: sections' begins, or evenly."""
    dance = song.members[0]
    begins = [
        max(start_s, dance.start_s) for _, start_s in song.sections if start_s < dance.end_s
    ]
    if not 2 <= len(begins) <= PLANS:
        begins = np.linspace(dance.start_s, dance.end_s, PLANS + 1)[:-1].tolist()
    rows = places.floor.shape[1]
    moments = {
        min(round((at_s - dance.start_s) * dance.fps), rows - 1): at_s for at_s in begins
    }
    return [(at_s, row) for row, at_s in moments.items()]


def _colour(member: int) -> str:
    return MEMBERS[member % len(MEMBERS)]


def _clock(song_s: float, digits: int = 0) -> str:
    """Return minutes and seconds, e.g. ``1:05``, with a digit behind where moments lie near."""
    tenths = int(abs(song_s) * 10**digits + 1e-6)
    minutes, rest = divmod(tenths, 60 * 10**digits)
    seconds = f"{rest / 10**digits:0{2 + digits + bool(digits)}.{digits}f}"
    return f"{'-' if song_s < 0 else ''}{minutes}:{seconds}"
