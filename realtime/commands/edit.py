"""kpopdance edit: what the studio's page does, without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.library.pack_reader import find_pack
from kpopdance.realtime.studio.drafts import (
    check_own,
    draft_of_film,
    draft_of_song,
    keep,
    saved,
    throw_away,
)
from kpopdance.realtime.studio.editing import Edit, EditError
from kpopdance.realtime.studio.new_song import learn

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.studio.drafts import KeptDraft
    from kpopdance.realtime.studio.editing import Draft


def run(args: argparse.Namespace) -> int:
    """Edit, save, and tell what there is."""
    settings = settings_from(args)
    if args.throw_away:
        return _thrown_away(args, settings.libraries[0])
    kept = _changed(_meant(args.song, settings), args)
    changed = bool(args.edits or args.undo)
    if not args.dry_run and (changed or args.save):
        kept = _written(kept, settings, save=args.save)
    if args.json:
        print_json(_told_json(kept, written=changed and not args.dry_run))
    else:
        print_result(_told_words(kept))
    return 0


def _meant(named: str, settings: Settings) -> KeptDraft:
    """Return the draft of a song, or of a video that is none yet."""
    library, path = settings.libraries[0], Path(named)
    if path.is_file():
        return _of_film(library, path)
    return draft_of_song(library, find_pack(named, settings.libraries).resolve())


def _of_film(library: Path, film: Path) -> KeptDraft:
    kept = draft_of_film(library, film.resolve())
    if kept is None:
        raise DanceError(f"{film}: is no song yet; make one: kpopdance record {film}")
    return kept


def _thrown_away(args: argparse.Namespace, library: Path) -> int:
    """Remove a video's draft: nothing else is done with it."""
    if args.edits or args.undo or args.save:
        raise DanceError("--throw-away: leaves nothing to edit; type it alone")
    kept = _of_film(library, Path(args.song))
    if not args.dry_run:
        throw_away(kept)
    if args.json:
        print_json({"thrown_away": str(kept.folder), "edits": len(kept.history.done)})
    else:
        print_result(f"thrown away: {kept.draft.title}, {len(kept.history.done)} edits")
    return 0


def _changed(kept: KeptDraft, args: argparse.Namespace) -> KeptDraft:
    """Return a draft with what was typed done."""
    history = kept.history
    if not 0 <= args.undo <= len(history.done):
        raise DanceError(f"--undo {args.undo}: {len(history.done)} edits were done")
    for _ in range(args.undo):
        history = history.undone()
    for word, told in args.edits:
        try:
            history = history.did(Edit(word, told))
        except EditError as why:
            raise EditError(f"--{why}") from None
    return replace(kept, history=history)


def _written(kept: KeptDraft, settings: Settings, *, save: bool) -> KeptDraft:
    """Keep the draft, and write the song where it is one or shall be."""
    library = settings.libraries[0]
    check_own(kept)
    kept = keep(kept)
    if kept.pack is not None or save:
        kept = saved(kept, library)
        assert kept.pack is not None
        learn(kept.pack, library, settings.terms)
    return kept


def _told_json(kept: KeptDraft, *, written: bool) -> dict[str, Any]:
    draft = kept.draft
    return {
        "song": str(kept.pack or ""), "film": str(kept.film.path if kept.film else ""),
        "written": written,
        "title": draft.title, "artist": draft.artist, "bpm": draft.bpm,
        "offset_s": draft.offset_s, "preview_s": draft.preview_s, "mirrored": draft.mirrored,
        "length_s": round(draft.length_s, 2), "lead": draft.lead + 1,
        "people": [_person_json(draft, person) for person in range(draft.people)],
        "cuts_s": [round(draft.song_s(row), 3) for row in draft.take.cuts],
        "sections": [{"name": name, "start_s": at_s} for name, at_s in draft.sections],
        "edits": [list(edit) for edit in kept.history.done],
    }  # fmt: skip


def _person_json(draft: Draft, person: int) -> dict[str, Any]:
    there = draft.there[person]
    return {
        "number": person + 1, "name": draft.names[person], "member": draft.members[person],
        "why": draft.left_out(person), "seen": round(float(there.mean()), 3),
        "there_s": [[round(s, 2) for s in span] for span in draft.spans(there)],
    }  # fmt: skip


def _told_words(kept: KeptDraft) -> str:
    draft = kept.draft
    title = " - ".join(filter(None, (draft.artist, draft.title)))
    lines = [
        f"{title}: {draft.length_s:.1f} s, {draft.bpm:g} bpm, a first beat at {draft.offset_s:g} s, "
        f"preview from {draft.preview_s:g} s" + (", mirrored video" if draft.mirrored else "")
    ]
    for person in range(draft.people):
        there = draft.there[person]
        spans = draft.spans(there)
        when = ", ".join(f"{begin:.1f}-{end:.1f}" for begin, end in spans[:4])
        more = f" and {len(spans) - 4} times more" if len(spans) > 4 else ""
        sign = "*" if person == draft.lead else " " if draft.members[person] else "-"
        what = draft.left_out(person) or f"there {when}{more} s"
        lines.append(f"{person + 1:3} {sign} {draft.label(person)}: {what}")
    cuts = ", ".join(f"{draft.song_s(row):.1f}" for row in draft.take.cuts)
    lines += [f"cuts: {cuts} s"] if cuts else []
    lines += [f"section {name!r} from {at_s:g} s" for name, at_s in draft.sections]
    lines += [f"edited: {edit.word} {edit.told}" for edit in kept.history.done]
    where = f"song: {kept.pack}" if kept.pack else "no song yet: add --save"
    return "\n".join([*lines, where])
