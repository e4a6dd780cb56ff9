"""What pages for a browser share: one HTML file that needs nothing else, its look, small things to say.

Plots are SVG, drawn where they are needed: a library for plots is a hundred times larger.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kpopdance.engines.tongues import spoken

STYLE: Final = """
:root { color-scheme: dark; }
body {
  margin: 0 auto; max-width: 1120px; padding: 40px 28px 80px;
  background: #0b0720; color: #efeaff;
  font: 16px/1.5 system-ui, "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif;
}
h1 { font-size: 34px; line-height: 1.2; margin: 0; }
h2 { font-size: 21px; margin: 44px 0 12px; }
h3 { font-size: 17px; margin: 0; display: flex; gap: 12px; align-items: baseline; }
p { margin: 6px 0; color: #cdc2ee; }
p.sum { font-size: 19px; color: #fff; margin: 14px 0 0; }
section {
  background: #150e33; border: 1px solid #33266b; border-radius: 14px;
  padding: 18px 20px; margin: 14px 0;
}
small { color: #a99bd6; font-weight: 400; font-size: 14px; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: #a99bd6; font-size: 11px; font-family: inherit; }
svg text.number {
  fill: #0b0720; font-weight: 700; text-anchor: middle; dominant-baseline: central;
}
.key { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 10px 0 0; }
.key span::before {
  content: ""; display: inline-block; width: 13px; height: 13px; border-radius: 3px;
  margin-right: 8px; vertical-align: -2px; background: var(--c);
}
.cards {
  display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fill, minmax(min(460px, 100%), 1fr));
}
.cards section { margin: 0; }
.plans { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 14px; }
figure { margin: 0; }
figcaption { color: #cdc2ee; font-size: 14px; text-align: center; }
table { border-collapse: collapse; width: 100%; }
td, th {
  text-align: left; padding: 7px 14px 7px 0; border-bottom: 1px solid #33266b; vertical-align: top;
}
th { color: #a99bd6; font-weight: 400; font-size: 14px; }
td.n, th.n { width: 1%; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print { body, section { background: #fff; } body, p, p.sum { color: #000; } }
"""


def begun(title: str) -> tuple[Element, Element]:
    """Return a page with its head, and its body."""
    html = Element("html", lang=spoken())
    head, body = SubElement(html, "head"), SubElement(html, "body")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    say(head, "title", title)
    say(head, "style", STYLE)
    return html, body


def finished(html: Element) -> bytes:
    """Return a page as it is written: HTML in UTF-8."""
    indent(html[1])
    return f"<!doctype html>\n{tostring(html, 'unicode', method='html')}\n".encode()


def say(parent: Element, tag: str, text: str, more: dict[str, str] | None = None) -> Element:
    """Add an element with a text; return it."""
    element = SubElement(parent, tag, more or {})
    element.text = text
    return element


def add_row(table: Element, tag: str, cells: tuple[str, ...]) -> None:
    """Add a row to a table; its first cell is narrow."""
    row = SubElement(table, "tr")
    for k, text in enumerate(cells):
        say(row, tag, text, {"class": "n"} if k == 0 else {})


def write(
    plot: Element, text: str, x: float, y: float, more: dict[str, str] | None = None
) -> None:
    """Add a text to a plot."""
    say(plot, "text", text, {"x": f"{x:.1f}", "y": f"{y:.1f}"} | (more or {}))
