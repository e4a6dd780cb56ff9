"""The page of a player's progress for a browser, and all that is kept of a player for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import SubElement

from kpopdance.engines.tongues import N_, _, counted, day_words
from kpopdance.realtime.core.curves import PAGES, facts_of, goal_words
from kpopdance.realtime.core.progress import date_of, streak_of, weeks_of
from kpopdance.realtime.library.history import dances_of
from kpopdance.realtime.library.players import everything_of, player_of
from kpopdance.realtime.studio.web_page import begun, finished, say, write

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from kpopdance.realtime.core.curves import Curve, Line
    from kpopdance.realtime.core.progress import Danced, History
    from kpopdance.realtime.library.players import Player
    from kpopdance.realtime.library.store import Store

WIDE, HIGH, LEFT, FOOT = 460.0, 150.0, 40.0, 18.0
"""Of a plot, px: of its curve, and the room for its numbers and labels."""
HEADINGS: Final = {
    "songs": N_("Songs"), "body": N_("Body"), "weeks": N_("Weeks"), "timing": N_("Timing"),
    "moves": N_("Best moves"),
}  # fmt: skip
COLOUR: Final = "#28e2ff"
GRID: Final = "#33266b"
MOST_LINES: Final = 24
"""Under a heading: the window goes through all of them."""


def page_of(player: Player, history: History, today: int) -> bytes:
    """Return the page, HTML in UTF-8."""
    html, body = begun(_("{player}: dances", player=player.name))
    say(body, "h1", player.name)
    say(body, "p", _("as of {day}", day=day_words(date_of(today))))
    facts = facts_of(history, today)
    say(body, "p", " · ".join(facts) or _("No dance yet."), {"class": "sum"})
    if facts:
        _now(body, player, history, today)
    for name, lines_of in PAGES.items() if facts else ():
        _heading(body, name, lines_of(history, today))
    return finished(html)


def told(store: Store) -> dict[str, Any]:
    """Return all that is kept of a player, for programs. Raises StoreError."""
    player = player_of(store)
    about = {
        "name": player.name,
        "colour": player.colour,
        "made_s": player.made_s,
        "face": player.face.hex(),
    }
    kept = {
        table: [{name: _plain(value) for name, value in row.items()} for row in rows]
        for table, rows in everything_of(store).items()
    }
    dances = [_dance(danced) for danced in dances_of(store)]
    return about | {"goal": player.goal._asdict()} | kept | {"dances": dances}


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _dance(danced: Danced) -> dict[str, Any]:
    began, facts = danced.began, asdict(danced)
    moves = [move._asdict() for move in danced.moves]
    return facts | {"began": began._asdict(), "date": f"{date_of(began.day)}", "moves": moves}


# the parts of the page


def _now(body: Element, player: Player, history: History, today: int) -> None:
    """Say how it stands: days in a row, and this week with its goal."""
    streak, week = streak_of(history.days, today), weeks_of(history.days, today, 1)[0]
    row = _("No day in a row now.")
    if streak.now:
        row = counted("{n} day in a row now.", "{n} days in a row now.", streak.now)
    danced = counted(
        "This week {minutes:.0f} minutes, {n} dance.",
        "This week {minutes:.0f} minutes, {n} dances.", week.dances, minutes=week.minutes,
    )  # fmt: skip
    goal = player.goal
    reached = _(
        "{percent:.0f} % of the goal: {goal}.",
        percent=100 * week.done(goal),
        goal=goal_words(goal),
    )
    say(body, "p", " ".join((row, danced, *([reached] if goal.many else []))))


def _heading(body: Element, name: str, lines: tuple[Line, ...]) -> None:
    if not lines:
        return
    say(body, "h2", _(HEADINGS[name]))
    cards = SubElement(body, "div", {"class": "cards"})
    for line in lines[:MOST_LINES]:
        card = SubElement(cards, "section")
        head = SubElement(card, "h3")
        say(head, "span", line.name)
        say(head, "small", f"{line.told} · {line.more}")
        _plot(card, line.curve)
    if len(lines) > MOST_LINES:
        say(body, "p", _("and {n} more, in the window.", n=len(lines) - MOST_LINES))


def _plot(card: Element, curve: Curve) -> None:
    plot = SubElement(
        card,
        "svg",
        viewBox=f"0 0 {WIDE:g} {HIGH:g}",
        role="img",
        attrib={"aria-label": curve.title},
    )
    for value in (curve.low, (curve.low + curve.high) / 2, curve.high):
        y = f"{_y(curve, value):.1f}"
        SubElement(plot, "line", x1=f"{LEFT}", x2=f"{WIDE}", y1=y, y2=y, stroke=GRID)
        write(plot, f"{value:.0f}", 0, _y(curve, value) + 4)
    write(plot, curve.unit, 0, HIGH - 4)
    (_bars if curve.bars else _line)(plot, curve)


def _bars(plot: Element, curve: Curve) -> None:
    pitch = (WIDE - LEFT) / len(curve.values)
    for number, (value, label) in enumerate(zip(curve.values, curve.labels, strict=True)):
        x = LEFT + pitch * number
        write(plot, label, x + 0.4 * pitch, HIGH - 4)
        if value:
            y = _y(curve, value)
            SubElement(
                plot, "rect", x=f"{x + 0.2 * pitch:.1f}", width=f"{0.6 * pitch:.1f}", y=f"{y:.1f}",
                height=f"{_y(curve, curve.low) - y:.1f}", rx="4", fill=COLOUR,
            )  # fmt: skip


def _line(plot: Element, curve: Curve) -> None:
    step = (WIDE - LEFT - 12) / max(1, len(curve.values) - 1)
    at = [
        (LEFT + 6 + step * number, _y(curve, value))
        for number, value in enumerate(curve.values)
        if value is not None
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    SubElement(
        plot,
        "polyline",
        points=points,
        fill="none",
        stroke=COLOUR,
        attrib={"stroke-width": "2.5"},
    )
    for x, y in at[-1:]:
        SubElement(plot, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="4.5", fill="#fff")


def _y(curve: Curve, value: float) -> float:
    share = min(max((value - curve.low) / (curve.high - curve.low), 0.0), 1.0)
    return 8 + (HIGH - FOOT - 16) * (1 - share)
