"""The page on which several say how many they are, what they play, and who is who."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.dance.together import Entrant
from kpopdance.realtime.library.players import players_of
from kpopdance.realtime.library.store import GuestStore, StoreError
from kpopdance.realtime.party.group_dance import GroupLoading, Team, contest_of
from kpopdance.realtime.scoring.contest import KINDS
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.theme import clock_words
from kpopdance.realtime.screens.random import RandomScreen, Texts
from kpopdance.realtime.screens.random_view import ListedSong, RandomView
from kpopdance.realtime.screens.setup_view import SetRow
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page, Waiting

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.players import Player
    from kpopdance.realtime.library.songpack import PackFacts, SongPack
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.scoring.contest import Kind
    from kpopdance.realtime.screens.actions import Action, Target

LEAST, MOST = 2, 6
TEXTS: Final = Texts(
    N_("DANCE TOGETHER"), N_("Several before one camera, each with a score."), (
        Chip("Enter", N_("dance"), "play"), Chip("↑ ↓", N_("choose"), "down"),
        Chip("← →", N_("change"), "right"), Chip("Esc", N_("songs"), "back"),
    ),
)  # fmt: skip
KIND_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "together": (N_("all together"), N_(
        "Everybody dances the whole song. Each has a score of their own; the team's also tells how "
        "close together you are, in milliseconds."
    )),
    "relay": (N_("relay"), N_(
        "Pass the part: the sections are dealt to you in turn, and only your own count. Who is next is "
        "called out, and a voice counts: three, two, one."
    )),
    "elimination": (N_("elimination"), N_(
        "After each round who earned least in it is out, until one is left."
    )),
    "duel": (N_("best of three"), N_(
        "Three rounds of one song; whoever wins two of them has won."
    )),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page's lines say: how many, what is played, and of each place whose it is, dancing what.

    ``who`` are numbers into the players, 0: a guest; ``members`` of the song.
    """

    count: int = 2
    kind: Kind = "together"
    who: tuple[int, ...] = (0,) * MOST
    members: tuple[int, ...] = (0,) * MOST


def group_page(game: Game, facts: PackFacts, back: Page) -> Page:
    """Return what leads to the page on which several say who dances a song."""
    coming = beside(lambda: game.load(facts))
    words = (facts.title, _("One moment ..."))
    return Waiting(game.backdrop, words, coming, lambda song: GroupPage(game, song, back), back)


class GroupPage(Page):
    """Who dances a song together."""

    heading = N_("This dance cannot begin")

    def __init__(self, game: Game, song: SongPack, back: Page) -> None:
        self._game, self._song, self.back = game, song, back
        self.screen = RandomScreen(game.backdrop, TEXTS)
        self.chosen = Chosen(members=(song.lead,) * MOST)
        self._line = 0
        self._players: tuple[Player, ...] = ()
        self._reading: Future[tuple[Player, ...]] | None = None

    def enter(self, now_s: float) -> None:
        """Read who there is."""
        super().enter(now_s)
        database = self._game.database
        self._reading = beside(lambda: _known(database))

    def step(self, now_s: float) -> Page | None:
        """Take who there is."""
        super().step(now_s)
        if self._reading is not None and self._reading.done():
            self._players, self._reading = self._reading.result(), None
        return self

    def act(self, action: Action) -> Page | None:
        """Choose a line, change it, begin, or go back."""
        if action == "back":
            return self.back
        if action == "play":
            return self._begin()
        if action in ("up", "down"):
            step = 1 if action == "down" else -1
            self._line = (self._line + step) % len(self._rows())
        elif action in ("left", "right"):
            self._turn(1 if action == "right" else -1)
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose a line, change its value, or press a chip."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        self._line = target.which
        if target.kind != "row":
            self._turn(-1 if target.kind == "less" else 1)
        return self

    def _turn(self, step: int) -> None:
        """Change what the chosen line says."""
        now = self.chosen
        if self._line == 0:
            count = LEAST + (now.count - LEAST + step) % (MOST - LEAST + 1)
            kind: Kind = "together" if now.kind == "duel" and count > LEAST else now.kind
            self.chosen = replace(now, count=count, kind=kind)
            return
        if self._line == 1:
            kinds = [kind for kind in KINDS if kind != "duel" or now.count == LEAST]
            kind = kinds[(kinds.index(now.kind) + step) % len(kinds)]
            self.chosen = replace(now, kind=kind)
            return
        place, is_member = divmod(self._line - 2, 2) if self._parts else (self._line - 2, 0)
        if is_member:
            count = len(self._song.members)
            self.chosen = replace(now, members=_stepped(now.members, place, step, count))
        else:
            who = _stepped(now.who, place, step, len(self._players) + 1)
            while who[place] and who.count(who[place]) > 1:  # nobody dances twice at once
                who = _stepped(who, place, step, len(self._players) + 1)
            self.chosen = replace(now, who=who)

    @property
    def _parts(self) -> bool:
        """Whether the song has several parts to choose from."""
        return len(self._song.members) > 1 and not self._song.excerpts

    def _begin(self) -> Page:
        """Open the song for those who were chosen."""
        game, now = self._game, self.chosen
        terms = game.terms_of(self._song.slug)
        entrants, stores = [], []
        for place in range(now.count):
            player = self._players[now.who[place] - 1] if now.who[place] else None
            name = "" if player is None else player.name
            entrants.append(Entrant(name, now.members[place], terms))
            stores.append(self._store(player))
        team = Team(tuple(entrants), tuple(stores), now.kind)
        return GroupLoading(game, self._song, team, self)

    def _store(self, player: Player | None) -> Store:
        database = self._game.database
        return GuestStore(database) if player is None else database.of(player.id)

    def _rows(self) -> list[SetRow]:
        now, song = self.chosen, self._song
        rows = [
            SetRow(_("number of dancers"), str(now.count)),
            SetRow(_("what you play"), _(KIND_WORDS[now.kind][0])),
        ]
        for place in range(now.count):
            player = self._players[now.who[place] - 1] if now.who[place] else None
            named = _("dancer {n}", n=place + 1)
            rows.append(SetRow(named, _("guest") if player is None else player.name))
            if self._parts:
                part = now.members[place]
                name = song.names[part] if part < len(song.names) else str(part + 1)
                rows.append(SetRow(_("part"), name))
        return rows

    def draw(self, surface: Surface) -> None:
        """Draw the lines, and what the game that is chosen is about."""
        self.screen.draw(surface, self.view())

    def view(self) -> RandomView:
        """Return what to show now."""
        told = f"{self._song.title}: {_(KIND_WORDS[self.chosen.kind][1])}"
        return RandomView(
            self.age_s, tuple(self._rows()), self._line, self._rounds(), done=1.0, told=told
        )

    def _rounds(self) -> tuple[ListedSong, ...]:
        """Return what of the song is danced by whom, round by round; nothing where all is by all."""
        now, song = self.chosen, self._song
        rounds = contest_of(song, now.kind, now.count).rounds
        if len(rounds) < 2:
            return ()
        return tuple(
            ListedSong(
                clock_words(each.start_s),
                self._name(each.owner)
                if each.owner is not None
                else _("round {n}", n=number + 1),
                _section_at(song, each.start_s),
            )
            for number, each in enumerate(rounds)
        )

    def _name(self, place: int) -> str:
        """Return what who dances in a place is called."""
        who = self.chosen.who[place]
        return self._players[who - 1].name if who else _("dancer {n}", n=place + 1)


def _stepped(values: tuple[int, ...], place: int, step: int, count: int) -> tuple[int, ...]:
    """Return the values with another one at a place, going round."""
    out = list(values)
    out[place] = (out[place] + step) % count
    return tuple(out)


def _section_at(song: SongPack, song_s: float) -> str:
    """Return what the song's section is called that is heard at a second; empty where none is known."""
    return next((name for name, at_s in reversed(song.sections) if at_s <= song_s), "")


def _known(database: Store) -> tuple[Player, ...]:
    try:
        return players_of(database)
    except StoreError:  # told in the song list; guests can dance
        return ()
