"""The headline of the README is what the tables and the model say."""

import re

import pytest
from helpers.paths import ROOT

import polls
from analysis import PollTrend
from analysis.questions import fit_questions, question_changes, take_pole

README = ROOT / "README.md"
HEADLINE = re.compile(
    r"\*\*From (?P<since>[\w ]+) to (?P<until>[\w ]+) declared support changed by "
    r"(?P<mean>\S+) points \(95% interval (?P<lower>\S+) to (?P<upper>\S+)\): "
    r"the mean of these (?P<houses>\d+) houses, whose effects may drift\.\*\* "
    r"With house effects that stand still it is (?P<static_mean>\S+) "
    r"\((?P<static_lower>\S+) to (?P<static_upper>\S+)\)\."
)
FIGHT_ON = re.compile(
    r"From (?P<start>[\w ]+) to (?P<end>[\w ]+) the share that would go on with the fighting "
    r"changed by (?P<mean>\S+) points \(95% interval (?P<lower>\S+) to (?P<upper>\S+)\), declared "
    r"support over the same dates by (?P<reference_mean>\S+) "
    r"\((?P<reference_lower>\S+) to (?P<reference_upper>\S+)\)"
)
WITHIN = re.compile(
    r"the Chronicles fell by (?P<chronicles>\S+) points, Levada rose by (?P<levada>\S+)\."
)


@pytest.fixture(scope="module")
def text() -> str:
    """The README in one line, with minus signs that Python reads."""
    return re.sub(r"\s+", " ", README.read_text(encoding="utf-8")).replace("\u2212", "-")


def test_the_change_is_the_estimated_one(text: str) -> None:
    """Days, change and interval of both models, and the number of houses."""
    said = HEADLINE.search(text)
    assert said, "the README has no headline"
    obs = polls.series("support")
    assert f"{obs['mid_date'].max():%d %B %Y}".lstrip("0") == said["until"]
    assert said["since"] == "1 April 2022"
    for prefix, drift in (("", True), ("static_", False)):
        results = PollTrend(obs, drift=drift).fit()
        change = results.change("2022-04-01", obs["mid_date"].max())
        for name in ("mean", "lower", "upper"):
            assert float(said[prefix + name]) == round(change[name], 1)
    assert int(said["houses"]) == obs["house_id"].nunique()


def test_the_change_within_two_houses_is_that_of_their_polls(text: str) -> None:
    """Means of March to July 2022 and of 2025, as in the trend notebook."""
    said = WITHIN.search(text)
    assert said, "the README does not say how the houses disagree"
    obs = polls.series("support")
    for house_id, sign in (("chronicles", -1), ("levada", 1)):
        mine = obs[obs["house_id"] == house_id]
        early = mine.loc[mine["mid_date"].between("2022-03-01", "2022-07-31"), "share_pct"].mean()
        late = mine.loc[mine["mid_date"].between("2025-01-01", "2025-12-31"), "share_pct"].mean()
        assert round(sign * (late - early), 1) == float(said[house_id])


def test_the_wish_to_fight_on_moved_as_the_questions_side_by_side_say(text: str) -> None:
    """Drifting houses, between the dates that polls on both questions have in common."""
    said = FIGHT_ON.search(text)
    assert said, "the README does not say how the wish to fight on moved"
    fight_on = take_pole(polls.series("talks"), "against")
    fits = fit_questions({"support": polls.series("support"), "fight_on": fight_on})
    found = question_changes(fits).set_index(["question", "model"]).loc[("fight_on", "drift")]
    for name in ("start", "end"):
        assert f"{found[name]:%d %B %Y}".lstrip("0") == said[name]
    for name in ("mean", "lower", "upper", "reference_mean", "reference_lower", "reference_upper"):
        assert float(said[name]) == round(found[name], 1)
