"""Gather the game's texts, bring its catalogues up to date: ``python -m tools.tongues.make_words``.

Writes ``kpopdance.pot``, which a new language begins with, and of each language its ``.po``, where a
translator writes, and its ``.mo``, which the game reads. What is not translated yet is told.
"""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kpopdance.engines.tongues import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("engines", "realtime")
KEYWORDS: Final = {
    "_": (0,), "N_": (0,), "counted": (0, 1), "Chip": (1,), "Settable": (1, 2), "ButtonFace": (0,),
}  # fmt: skip
"""What takes texts that are said, and which of its arguments they are."""
MARKED: Final = re.compile(rf"\b({'|'.join(KEYWORDS)})\(")
TEMPLATE: Final = "kpopdance.pot"
WIDTH: Final = 100
BEGUN: Final = datetime(2026, 11, 30, tzinfo=UTC)
"""Always the same: two runs over the same texts write the same."""


def texts_in(code: str) -> Iterator[tuple[int, str | tuple[str, str]]]:
    """Yield the texts of a file's code that are said, each with its line; of a counted one, both."""
    for line, word, given in said_in(code):
        texts = [
            each.value
            for each in given
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if word == "counted" and len(texts) == 2:
            yield line, (texts[0], texts[1])
        else:
            yield from ((line, text) for text in texts if text)


def said_in(code: str) -> Iterator[tuple[int, str, list[ast.expr]]]:
    """Yield where a file's code says texts: its line, which of ``KEYWORDS``, and what is said."""
    if not MARKED.search(code):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            places = KEYWORDS.get(node.func.id, ())
            yield (
                node.lineno,
                node.func.id,
                [node.args[k] for k in places if k < len(node.args)],
            )


def gathered() -> Catalog:
    """Return a catalogue of all texts, with the files they are in."""
    template = Catalog(project="kpopdance", creation_date=BEGUN, charset="utf-8", fuzzy=False)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for line, text in sorted(texts_in(path.read_text("utf-8")), key=lambda one: one[0]):
                template.add(text, locations=[(place, line)])
    return template


def brought_up(po: bytes, template: Catalog, language: str) -> Catalog:
    """Return a language's catalogue with the texts that there are now, and no others."""
    catalog = read_po(BytesIO(po), locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def po_of(catalog: Catalog) -> bytes:
    """Return a catalogue as a translator edits it."""
    out = BytesIO()
    write_po(
        out, catalog, width=WIDTH, sort_by_file=True, include_lineno=False, omit_header=False
    )
    return out.getvalue()


def mo_of(catalog: Catalog) -> bytes:
    """Return a catalogue as the game reads it."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> None:
    """Write all of them."""
    template = gathered()
    (FOLDER / TEMPLATE).write_bytes(po_of(template))
    for file in sorted(FOLDER.glob("*.po")):
        catalog = brought_up(file.read_bytes(), template, file.stem)
        file.write_bytes(po_of(catalog))
        file.with_suffix(".mo").write_bytes(mo_of(catalog))
        missing = [message.id for message in catalog if message.id and not message.string]
        print(f"{file.name}: {len(catalog)} texts, {len(missing)} not translated")
        for text in missing:
            print(f"  {text!r}")


if __name__ == "__main__":
    main()
