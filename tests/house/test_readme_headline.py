"""The headline of the README is made of today's tables and models, word for word."""

import importlib.util
import re
import sys
from types import ModuleType

import pandas as pd
import pytest
from helpers.paths import ROOT

import analysis.__main__
from analysis.findings import judge_other_answer, name_span, say_direction, signed


@pytest.fixture(scope="module")
def readme() -> ModuleType:
    """notebooks/readme.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "notebooks" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["readme"] = module
    spec.loader.exec_module(module)
    return module


def make_change(lower: float, upper: float) -> dict[str, float]:
    return {"mean": (lower + upper) / 2, "lower": lower, "upper": upper}


@pytest.mark.long("the published models are fitted to all polls")
def test_the_readme_says_what_the_tables_and_models_say(readme: ModuleType) -> None:
    """`make refresh` brings both into step."""
    text = readme.README.read_text(encoding="utf-8")
    assert readme.rewrite_readme(text) == text


def test_the_command_of_the_readme_gives_the_change_of_the_headline(
    readme: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """As printed there, with its reference and windows."""
    text = readme.README.read_text(encoding="utf-8")
    (options,) = readme.COMMAND.findall(text)
    (told,) = re.findall(r"support changed by (\S+) points \(95% interval (\S+) to (\S+)\)", text)
    assert analysis.__main__.main(["trend", "--construct", "support", *options.split()]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    mean, _, lower, upper, *_ = map(float, re.findall(r"-?\d+\.\d+", last))
    # Rounded once there, and twice here.
    headline = [float(number.replace("\N{MINUS SIGN}", "-")) for number in told]
    assert [mean, lower, upper] == pytest.approx(headline, abs=0.055)


def test_a_page_without_the_marks_is_refused(readme: ModuleType) -> None:
    with pytest.raises(ValueError, match="marks"):
        readme.rewrite_readme("# Polls")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([(-8, -2), (-7, -1), (-5, -0.1)], "has fallen"),
        ([(2, 8), (1, 7), (0.1, 5)], "has risen"),
        ([(-3, 2), (-4, 1), (-1, 4)], "has not clearly changed"),
        ([(-8, -2), (-5, 1), (-3, 3)], "hangs on where one begins"),
        ([(-8, -2), (1, 5), (-3, 3)], "hangs on where one begins"),
    ],
)
def test_the_verdict_is_what_all_bases_carry(
    readme: ModuleType, changes: list[tuple[float, float]], words: str
) -> None:
    assert words in readme.verdict(*(make_change(*ends) for ends in changes))


@pytest.mark.parametrize(
    ("support", "fight_on", "words"),
    [
        ([(-8, -2), (-5, 1)], (-20, -12), "What moved is another answer."),
        ([(-3, 2), (-4, 1)], (-20, -12), "What moved is another answer."),
        ([(-8, -2), (-7, -1)], (-20, -12), "What moved more is another answer."),
        ([(2, 8), (1, 7)], (-20, -12), "What moved more is another answer."),
        ([(-8, -2), (-7, -1)], (-6, -2), "Another answer moved, too."),
        ([(-8, -2), (-7, -1)], (-6, 0), "Another answer has not clearly changed."),
    ],
)
def test_the_other_answer_is_told_beside_what_support_did(
    readme: ModuleType, support: list[tuple], fight_on: tuple[float, float], words: str
) -> None:
    names = ("fight_on.panel", "support.panel", "support.autumn")
    ends = (fight_on, *support)
    rows = {
        name: make_change(*both) | {"direction": say_direction(*both)}
        for name, both in zip(names, ends, strict=True)
    }
    assert readme.OTHER_ANSWER[judge_other_answer(rows)] == words


@pytest.mark.parametrize(
    ("lows", "words"),
    [((56, 61), "that was so"), ((61, 55), "it was above fifty"), ((50, 61), "was not clear")],
)
def test_the_claim_is_answered_by_the_lower_of_both_means(
    readme: ModuleType, lows: tuple[float, float], words: str
) -> None:
    assert words in readme.verdict_on_claim(*(make_change(low, 85) for low in lows))


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [(-2, -0.001, "fallen"), (-2, 0, "unclear"), (0, 2, "unclear"), (0.001, 2, "risen")],
)
def test_an_interval_that_touches_zero_says_nothing(
    readme: ModuleType, lower: float, upper: float, expected: str
) -> None:
    assert readme.direction(make_change(lower, upper)) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2022-04-01", "2022-05-31", "April and May 2022"),
        ("2022-02-24", "2022-03-09", "24 February to 9 March 2022"),
        ("2025-03-01", "2026-02-28", "March 2025 to February 2026"),
        ("2022-10-01", "2022-10-31", "October 2022"),
    ],
)
def test_a_window_is_named_by_its_months(first: str, last: str, expected: str) -> None:
    assert name_span(pd.Timestamp(first), pd.Timestamp(last)) == expected


def test_numbers_have_their_sign_and_a_true_minus() -> None:
    assert [signed(value) for value in (-4.25, 0.04, -0.04, 3)] == [
        "\u22124.3",
        "0.0",
        "0.0",
        "+3.0",
    ]
