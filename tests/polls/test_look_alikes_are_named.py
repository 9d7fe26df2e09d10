"""A name that only looks like a known one is told with the character, its place and number."""

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polls
from polls.__main__ import main
from polls.names import name_alike, name_nearest, name_nearest_key

IE = "CYRILLIC SMALL LETTER IE (U+0435) in place of e"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("l\u0435vada", f"character 2, {IE}"),
        ("levada\u200b", "character 7, ZERO WIDTH SPACE (U+200B), which is too much"),
        ("\ufefflevada", "character 1, ZERO WIDTH NO-BREAK SPACE (U+FEFF), which is too much"),
        ("levada\u00a0", "character 7, NO-BREAK SPACE (U+00A0), which is too much"),
        ("levada ", "character 7, SPACE (U+0020), which is too much"),
        ("le\u0301vada", "character 3, COMBINING ACUTE ACCENT (U+0301), which is too much"),
        ("lev\u00e1da", "character 4, LATIN SMALL LETTER A WITH ACUTE (U+00E1) in place of a"),
        ("1evada", "character 1, DIGIT ONE (U+0031) in place of l"),
        ("Ievada", "character 1, LATIN CAPITAL LETTER I (U+0049) in place of l"),
        (
            "L\u0435vada",
            f"character 1, LATIN CAPITAL LETTER L (U+004C) in place of l and character 2, {IE}",
        ),
        ("levada", ""),
        ("Levada", ""),
        ("lavada", ""),
        ("levadas", ""),
        ("levad", ""),
        ("2evada", ""),
        ("", ""),
        # Every word of six letters would do.
        ("\u043b\u0435\u0432\u0430\u0434\u0430", ""),
    ],
)
def test_what_one_does_not_see_is_named(word: str, told: str) -> None:
    assert name_alike(word, ["fom", "levada"]) == (f"levada but for {told}" if told else "")


@pytest.mark.parametrize(
    ("word", "known", "is_told"),
    [("a\u0431c", "abc", True), ("\u0430\u0431cd", "abcd", True), ("\u0430\u0431c", "abc", False)],
)
def test_at_most_half_of_the_letters_can_be_others(word: str, known: str, *, is_told: bool) -> None:
    assert bool(name_alike(word, [known])) == is_told


def test_of_many_characters_four_are_told() -> None:
    told = name_alike("abc" + "\u200b" * 6, ["abc"])
    assert told.count("ZERO WIDTH SPACE") == 4
    assert told.endswith(" and 2 more")


@pytest.mark.long("many words are drawn")
@given(
    st.sampled_from(["levada.talks", "sex:over 60", "fom-2022-03-06"]),
    st.data(),
    st.sampled_from("\u0430\u0435\u043e\u200b\u2011\uff41\u00a0\u0301"),
)
def test_one_such_character_anywhere_is_found(known: str, data: st.DataObject, odd: str) -> None:
    place = data.draw(st.integers(0, len(known) - 1))
    invisible = unicodedata.category(odd) in ("Cf", "Zs", "Mn")
    word = known[:place] + odd + known[place + (not invisible) :]
    told = name_alike(word, [known])
    assert f"character {place + 1}, {unicodedata.name(odd)} (U+{ord(odd):04X})" in told


@pytest.mark.long("many words are drawn")
@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=4))
def test_no_word_is_an_error(word: str, known: Sequence[str]) -> None:
    assert name_alike(word, [other for other in known if other != word]) is not None
    assert name_nearest(word, known)
    assert name_nearest_key((word, "a"), [(other, "a") for other in known])


def test_no_names_of_the_tables_look_like_each_other() -> None:
    """Or `add` would refuse one of them."""
    frames = polls.load()
    known = {
        "houses": frames["houses"]["house_id"],
        "questions": frames["questions"]["question_id"],
        "groups": frames["answers"]["subgroup"].drop_duplicates(),
    }
    for names in map(list, known.values()):
        assert [n for n in names if name_alike(n, (m for m in names if m != n))] == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["template", "l\u0435vada"], 2, f"It is levada but for character 2, {IE}."),
        (
            ["template", "levada", "l\u0435vada.talks"],
            2,
            f"levada.talks but for character 2, {IE}.",
        ),
        (["show", "l\u0435vada-2022-04-27"], 2, f"levada-2022-04-27 but for character 2, {IE}."),
        (["series", "support\u200b"], 2, "It is support but for character 8, ZERO WIDTH SPACE"),
        (["diff", "H\u0395AD", "HEAD"], 2, "It is HEAD but for character 2, GREEK CAPITAL LETTER"),
    ],
)
def test_words_of_a_call_are_held_against_known_names(
    words: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_a_folder_beside_is_named_by_diff(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    assert main(["diff", str(tmp_path / "min\u0435"), "HEAD"]) == 2
    assert f"It is {tmp_path / 'mine'} but for character" in capsys.readouterr().err
