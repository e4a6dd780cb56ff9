from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import L_ANKLE, MIRROR, R_ANKLE, R_ELBOW, R_WRIST, mirrored
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.scoring.features import BONES
from kpopdance.realtime.search.dance_index import (
    HZ,
    DanceIndex,
    Hit,
    compared,
    exact_rows,
    query_of,
    signature,
)
from kpopdance.realtime.search.guess import CROWD, KNOWN, DanceLibrary, certainty, evidence
from tests import dances
from tests.oracles import guess_naive
from tools.bench.scoring.drawn_library import Way, danced, drawn_song, in_mirror, still, waving
from tools.bench.scoring.generated_dances import STYLES, choreography, generated

SONGS = 30
SHELF = 2000  # rows: a handful of songs, so that most of the library is behind bounds
FOREARM = BONES.index((R_ELBOW, R_WRIST))


@pytest.fixture(scope="module")
def songs():
    return [drawn_song(seed, length_s=40) for seed in range(SONGS)]


@pytest.fixture(scope="module")
def library(songs):
    library = DanceLibrary(DanceIndex(SHELF))
    for song in songs:
        library.add(song.name, (song.dance,))
    return library


def random_rows(seed, count, *, unseen=0.0):
    """A signature in which every bone wanders."""
    rng = np.random.default_rng(seed)
    rows = np.cumsum(rng.normal(0, 25, (count, 11, 2)), axis=0) + rng.normal(0, 50, (11, 2))
    rows = 127 * rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    rows[rng.uniform(size=(count, 11)) < unseen] = 0
    return np.rint(rows).astype(np.int8).reshape(count, 22)


def track_of(joints, *, fps=30.0, start_s=0.0):
    track = PoseTrack()
    for k, row in enumerate(joints):
        track.add(start_s + k / fps, Pose(row.copy()))
    return track


def newest(dance, until_s, seconds):
    """The rows of a choreography before a song second, as a track from second 100 on."""
    stop = round(until_s * dance.fps) + 1
    return track_of(dance.joints[stop - round(seconds * dance.fps) - 1 : stop], start_s=100.0)


@pytest.mark.parametrize(
    ("asked", "length", "unseen"),
    [(20, 60, 0.0), (23, 40, 0.2), (41, 30, 0.0), (95, 33, 0.1), (15, 3, 0.0), (10, 200, 0.5)],
)
def test_likeness_is_that_of_the_plain_twin(asked, length, unseen):
    rows, dance = random_rows(1, asked, unseen=unseen), random_rows(2, length, unseen=unseen)
    if unseen:
        rows[:, 14:] = 0  # legs out of the picture
    plain = guess_naive.likeness(rows.tolist(), dance.tolist())
    found = compared([query_of(rows)], 7, exact_rows(dance))
    assert found.dance == 7
    assert_allclose(found.likeness, max(plain), atol=1e-5)
    assert found.row == int(np.argmax(plain)) + 4


def test_search_finds_what_the_plain_twin_finds():
    index = DanceIndex(shelf_rows=500)
    every = [random_rows(seed, 40 + 7 * seed) for seed in range(12)]
    for k, rows in enumerate(every):
        index.add(rows, song=k)
    asked = random_rows(5, 75)[40:65]
    plain = [max(guess_naive.likeness(asked.tolist(), rows.tolist())) for rows in every]
    found = index.search([query_of(asked)])
    assert found.proven
    assert found.hits[0].dance == int(np.argmax(plain)) == 5
    for hit in found.hits:
        assert_allclose(hit.likeness, plain[hit.dance], atol=1e-5)


def test_search_gives_what_brute_force_gives(library):
    index = library.index
    some_bounded = 0
    for seed in range(12):
        queries = [query_of(random_rows(seed, 20 + 5 * seed, unseen=0.1))]
        if seed % 2:
            queries = [query_of(index.rows(seed)[100 : 120 + 5 * seed]), *queries]
        every = index.search_all(queries)
        found = index.search(queries, looks=len(index))
        assert found.proven
        assert found.hits[0] == every.hits[0]
        assert set(found.hits) <= set(every.hits)
        some_bounded += found.looked < len(index)
    assert some_bounded >= 6


def test_no_likeness_is_above_its_bound(library):
    index = library.index
    for seed in range(10):
        queries = [query_of(random_rows(seed, 15 + 7 * seed, unseen=0.05 * (seed % 3)))]
        queries.append(query_of(index.rows(seed)[50 : 80 + 3 * seed]))
        exact = {hit.dance: hit.likeness for hit in index.search_all(queries).hits}
        bounds = list(index._candidates(queries))
        assert sorted(dance for _, dance in bounds) == list(range(SONGS))
        assert sum(np.isfinite(bound) for bound, _ in bounds) > SONGS // 2
        for bound, dance in bounds:
            assert exact[dance] <= bound
        finite = [bound for bound, _ in bounds if np.isfinite(bound)]
        assert finite == sorted(finite, reverse=True)


def test_bounds_are_close_enough_to_exclude(library, songs):
    looked = []
    for seed in range(6):
        player = danced(songs[4 * seed].dance, seed)
        looked.append(library.guess(player.track, seconds=4).looked)
    open_shelf = len(library.index._open)
    assert np.median(looked) <= open_shelf + 6


def test_without_leave_to_look_nothing_is_proven(library):
    query = query_of(random_rows(3, 10))
    looks = len(library.index._open) + 1  # what is not yet on a shelf is always looked at
    few = library.index.search([query], looks=looks)
    assert not few.proven
    assert few.looked == len(few.hits) == looks
    assert library.index.search([query], looks=1000).proven


def test_ten_rows_per_second_of_directions():
    joints = np.full((31, 18, 3), np.nan, dtype=np.float32)
    joints[..., 2] = 0
    joints[:, R_ELBOW] = (100, 100, 1)
    joints[:, R_WRIST] = (130, 140, 0.6)  # half trusted
    rows = signature(joints)
    assert rows.shape == (11, 22)
    assert rows.dtype == np.int8
    assert_array_equal(rows[:, 2 * FOREARM], round(0.6 * 127))
    assert_array_equal(rows[:, 2 * FOREARM + 1], round(0.8 * 127))
    assert_array_equal(np.delete(rows, [2 * FOREARM, 2 * FOREARM + 1], axis=1), 0)
    assert signature(joints[:0]).shape == (0, 22)


def test_size_and_place_do_not_matter():
    joints = dances.song(1, moves=2).joints
    moved = joints.copy()
    moved[..., :2] = 300 * moved[..., :2] + 50
    assert np.abs(signature(moved).astype(int) - signature(joints)).max() <= 1


def test_a_place_is_the_row_of_the_newest_pose(songs):
    library = DanceLibrary()
    for song in songs[:3]:
        late = Choreography(song.dance.joints.copy(), song.dance.fps, start_s=-1.5)
        library.add(song.name, (late,))
    answer = library.guess(newest(songs[1].dance, 21.3, 4.0), seconds=4)
    best = answer.guesses[0]
    assert best.song == songs[1].name
    assert_allclose(answer.at_s, 104.0, atol=1e-6)
    assert_allclose(answer.seconds, 4.0)
    assert_allclose(best.song_s, 21.3 - 1.5, atol=0.11)
    assert best.likeness > 0.98
    assert not best.mirrored
    assert 0 <= best.certainty <= 1


def test_drawn_dancers_are_found_and_placed(songs, library):
    right, placed = 0, 0
    for seed in range(24):
        k = (7 * seed) % SONGS
        player = danced(songs[k].dance, seed)
        answer = library.guess(player.track, seconds=4)
        best = answer.guesses[0]
        right += best.song == songs[k].name
        placed += best.song == songs[k].name and (
            songs[k].off_s(player.song_s, best.song_s) <= 0.5
        )
    assert right >= 23
    assert placed >= 22


@pytest.mark.parametrize("tempo", [0.93, 1.07])
def test_another_tempo_is_forgiven(songs, library, tempo):
    for seed in range(5):
        player = danced(songs[seed].dance, seed, Way(tempo=(tempo, tempo)))
        answer = library.guess(player.track, seconds=6)
        assert answer.guesses[0].song == songs[seed].name


def test_a_mirror_image_is_found_and_said(songs, library):
    for seed in range(4):
        track = in_mirror(danced(songs[seed].dance, seed).track)
        best = library.guess(track, seconds=4).guesses[0]
        assert best.song == songs[seed].name
        assert best.mirrored
        plain = library.guess(track, seconds=4, mirrored=False)
        assert not any(guess.mirrored for guess in plain.guesses)
        assert plain.guesses[0].likeness < best.likeness


def test_a_mirrored_signature_swaps_sides():
    joints = dances.song(1, moves=1).joints
    rows = signature(joints).reshape(-1, 11, 2).astype(int)
    image = signature(mirrored(joints, 0.0)).reshape(-1, 11, 2)
    left = BONES.index((MIRROR[R_ELBOW], MIRROR[R_WRIST]))
    assert_array_equal(image[:, left], rows[:, FOREARM] * [-1, 1])


def test_legs_out_of_the_picture_do_not_matter(songs, library):
    for seed in range(4):
        joints = danced(songs[seed].dance, seed).track
        half = PoseTrack()
        for at, row in zip(joints.at_s, joints.joints, strict=True):
            pose = row.copy()
            pose[[9, R_ANKLE, 12, L_ANKLE]] = (np.nan, np.nan, 0)
            half.add(float(at), Pose(pose))
        answer = library.guess(half, seconds=4)
        assert answer.guesses[0].song == songs[seed].name
        assert answer.guesses[0].likeness > 0.6


def test_dancers_are_known_and_others_are_not(songs, library):
    known = [library.guess(danced(songs[k].dance, k).track, seconds=6).known for k in range(10)]
    assert sum(guess is not None for guess in known) >= 9
    styles = list(STYLES.values())[:8]  # without the stock moves of the library's songs
    strangers = [danced(choreography(generated(s, 9000)), k) for k, s in enumerate(styles)]
    fooled = 0
    for player in [*strangers, *map(still, range(4)), *map(waving, range(4))]:
        for seconds in (4, 8):
            answer = library.guess(player.track, seconds=seconds)
            assert len(answer.guesses) == 3
            assert (answer.known is None) == (answer.guesses[0].certainty < KNOWN)
            fooled += answer.known is not None
    assert fooled <= 1  # a certainty of 0.8 is wrong in 20 of 100 cases


def test_standing_and_waving_are_no_dances(library):
    for player in [*map(still, range(4)), *map(waving, range(4))]:
        for seconds in (1, 2, 4, 8):
            answer = library.guess(player.track, seconds=seconds)
            assert answer.guesses[0].certainty < 0.2


def test_each_song_is_guessed_once_and_in_order(songs):
    library = DanceLibrary(DanceIndex(SHELF))
    for song in songs[:5]:
        shy = Choreography(dances.held(song.dance.joints), song.dance.fps)
        library.add(song.name, (shy, song.dance, song.dance))
    answer = library.guess(newest(songs[2].dance, 15.0, 4.0), seconds=4)
    assert len({guess.song for guess in answer.guesses}) == len(answer.guesses) == 3
    assert answer.guesses[0].song == songs[2].name
    assert answer.guesses[0].member == 1
    likeness = [guess.likeness for guess in answer.guesses]
    assert likeness == sorted(likeness, reverse=True)
    assert answer.guesses[0].certainty > 0.9 > 0.1 > answer.guesses[1].certainty
    assert library.song_of(8) == 2


def test_an_alike_rival_takes_certainty_away(songs):
    library = DanceLibrary()
    for name in ("one", "the same again"):
        library.add(name, (songs[0].dance,))
    answer = library.guess(danced(songs[0].dance, 1).track, seconds=6)
    assert {guess.song for guess in answer.guesses} == {"one", "the same again"}
    assert answer.known is None
    alone = DanceLibrary()
    alone.add("one", (songs[0].dance,))
    assert alone.guess(danced(songs[0].dance, 1).track, seconds=6).known is not None


def test_evidence_and_certainty_rise_together():
    query = query_of(random_rows(1, 40))
    lead = [certainty(evidence(query, likeness, 0.55)) for likeness in (0.5, 0.6, 0.7, 0.9)]
    assert lead == sorted(lead)
    assert lead[0] < 0.1
    assert lead[-1] > 0.9
    holding = query_of(np.repeat(random_rows(1, 1), 40, axis=0))
    assert_allclose(holding.motion, 0, atol=1e-6)
    assert certainty(evidence(holding, 0.7, 0.55)) < certainty(evidence(query, 0.7, 0.55))


def test_evidence_in_numbers():
    query = query_of(random_rows(1, 40))
    told = evidence(query, 0.8, 0.6)
    assert_allclose(told, [0.8, 0.2, 0.5, np.log2(4) / 3, 1], atol=1e-6)
    chance = CROWD[4.0]  # counts where no other song is as alike
    assert_allclose(
        evidence(query, 0.8, -1.0)[1:3], [0.8 - chance, (0.8 - chance) / (1 - chance)]
    )
    assert np.isfinite(evidence(query, 1.0, 1.0)).all()


def test_an_empty_library_guesses_nothing(songs):
    answer = DanceLibrary().guess(danced(songs[0].dance, 1).track)
    assert answer.guesses == ()
    assert answer.known is None
    assert np.isnan(answer.at_s)
    assert DanceIndex().search([query_of(random_rows(1, 20))]).hits == ()


def test_one_song_is_guessed_only_by_who_dances_it(songs):
    library = DanceLibrary()
    library.add("the only one", (songs[0].dance,))
    assert library.guess(danced(songs[0].dance, 3).track, seconds=4).known is not None
    for seed in range(1, 6):
        answer = library.guess(danced(songs[seed].dance, seed).track, seconds=4)
        assert [guess.song for guess in answer.guesses] == ["the only one"]
        assert answer.known is None


@pytest.mark.parametrize("rows", [2, 4, 10, 45])
def test_a_song_shorter_than_the_query_is_found(songs, rows):
    library = DanceLibrary(DanceIndex(SHELF))
    short = Choreography(songs[0].dance.joints[300 : 300 + rows].copy(), 30.0)
    library.add("short", (short,))
    for song in songs[1:8]:
        library.add(song.name, (song.dance,))
    answer = library.guess(newest(songs[0].dance, 11.5, 4.0), seconds=4)
    assert all(np.isfinite(guess.likeness) for guess in answer.guesses)
    if rows == 45:
        answer = library.guess(newest(songs[0].dance, 11.4, 2.0), seconds=2)
        assert answer.guesses[0].song == "short"
        assert_allclose(answer.guesses[0].song_s, 1.4, atol=0.11)


def test_who_is_not_seen_is_not_guessed(library):
    assert library.guess(PoseTrack()).guesses == ()
    track = PoseTrack()
    for k in range(200):
        track.add(k / 30, None)
        assert k % 50 or library.guess(track).guesses == ()
    nothing = np.full((1, 18, 3), np.nan, dtype=np.float32)
    nothing[..., 2] = 0
    assert library.guess(track_of(np.repeat(nothing, 90, axis=0))).guesses == ()


def test_less_than_a_second_is_too_little(songs, library):
    assert library.guess(newest(songs[0].dance, 10.0, 0.7)).guesses == ()
    answer = library.guess(newest(songs[0].dance, 10.0, 1.0))
    assert_allclose(answer.seconds, 1.0)
    assert len(answer.guesses) == 3
    longer = library.guess(newest(songs[0].dance, 20.0, 12.0), seconds=100)
    assert_allclose(longer.seconds, 8.0)


def test_who_left_was_last_seen_then(songs, library):
    track = newest(songs[3].dance, 12.0, 6.0)
    for k in range(1, 31):
        track.add(106.0 + k / 30, None)
    answer = library.guess(track, seconds=5)
    assert_allclose(answer.at_s, 106.0, atol=0.051)
    assert_allclose(answer.seconds, 4.0)
    assert answer.guesses[0].song == songs[3].name
    assert_allclose(answer.guesses[0].song_s, 12.0, atol=0.11)


def test_a_song_that_nobody_was_seen_in_breaks_nothing(songs):
    library = DanceLibrary(DanceIndex(SHELF))
    empty = np.full((900, 18, 3), np.nan, dtype=np.float32)
    empty[..., 2] = 0
    library.add("nobody", (Choreography(empty, 30.0),))
    library.add("no members", ())
    for song in songs[:8]:
        library.add(song.name, (song.dance,))
    answer = library.guess(newest(songs[2].dance, 12.0, 4.0), seconds=4)
    assert answer.guesses[0].song == songs[2].name


def test_adding_leaves_what_is_there(songs):
    library = DanceLibrary(DanceIndex(SHELF))
    for song in songs[:10]:
        library.add(song.name, (song.dance,))
    shelves = list(library.index._shelves)
    assert shelves
    for song in songs[10:20]:
        library.add(song.name, (song.dance,))
    assert library.index._shelves[: len(shelves)] == shelves
    assert len(library.index) == 20
    with pytest.raises(ValueError, match="another name"):
        library.add(songs[0].name, (songs[0].dance,))
    assert library.songs == tuple(song.name for song in songs[:20])


def test_arrays_give_the_same_library_again(songs, library, tmp_path):
    kept = tmp_path / "library.npz"
    np.savez(kept, **library.to_arrays())
    with np.load(kept, allow_pickle=False) as arrays:
        again = DanceLibrary.from_arrays(arrays, DanceIndex(SHELF))
    assert again.songs == library.songs
    track = danced(songs[5].dance, 2).track
    assert again.guess(track) == library.guess(track)
    per_song = library.to_arrays()["rows"].nbytes / SONGS
    assert per_song <= 22 * 10 * 48  # about 40 s
    empty = DanceLibrary.from_arrays(DanceLibrary().to_arrays())
    assert empty.songs == ()
    assert empty.guess(track).guesses == ()


def test_start_and_member_survive_arrays(songs):
    library = DanceLibrary()
    later = Choreography(songs[0].dance.joints.copy(), songs[0].dance.fps, start_s=2.5)
    library.add("a", (songs[1].dance, later))
    again = DanceLibrary.from_arrays(library.to_arrays())
    best = again.guess(newest(songs[0].dance, 9.0, 4.0), seconds=4).guesses[0]
    assert best.member == 1
    assert_allclose(best.song_s, 11.5, atol=0.11)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda arrays: arrays.pop("lengths"),
        lambda arrays: arrays.update(format=np.array(2)),
        lambda arrays: arrays.update(rows=arrays["rows"][:-1]),
        lambda arrays: arrays.update(song=arrays["song"] + 1),
        lambda arrays: arrays.update(member=arrays["member"][:-1]),
        lambda arrays: arrays.update(rows=arrays["rows"].astype(float)),
    ],
)
def test_damaged_arrays_are_refused(songs, spoil):
    library = DanceLibrary()
    for song in songs[:2]:
        library.add(song.name, (song.dance,))
    arrays = library.to_arrays()
    spoil(arrays)
    with pytest.raises(ValueError, match=r"describe it again|signature"):
        DanceLibrary.from_arrays(arrays)


@pytest.mark.parametrize("rows", [np.zeros((5, 21), np.int8), np.zeros((5, 22), np.float32)])
def test_only_signatures_are_taken(rows):
    with pytest.raises(ValueError, match="signature"):
        DanceIndex().add(rows, song=0)


def test_the_last_row_of_a_query_counts():
    assert query_of(random_rows(1, 9)) is None
    assert query_of(random_rows(1, 14)).segments == 2
    dance = signature(dances.song(1).joints)
    hit = compared([query_of(dance[60:103])], 4, exact_rows(dance))
    assert hit == Hit(4, 102, hit.likeness)
    assert_allclose(hit.likeness, 1, atol=0.03)
    assert HZ == 10


def test_choruses_come_again_and_seeds_decide():
    song = drawn_song(3, length_s=120)
    assert len(set(song.phrases)) < len(song.phrases)
    again = drawn_song(3, length_s=120)
    assert_array_equal(song.dance.joints, again.dance.joints)
    first = song.phrases.index(max(song.phrases, key=song.phrases.count))
    later = song.phrases.index(song.phrases[first], first + 1)
    here, there = song.starts_s[first] + 1, song.starts_s[later] + 1
    assert_allclose(song.off_s(here, there), 0, atol=1e-9)
    assert_allclose(song.off_s(here, there + 0.3), 0.3, atol=1e-9)
