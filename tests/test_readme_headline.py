"""The headline of the README is what the tables and the model say."""

import re
from pathlib import Path

import pytest

import polls
from analysis import PollTrend

README = Path(__file__).resolve().parents[1] / "README.md"
HEADLINE = re.compile(
    r"\*\*From (?P<since>[\w ]+) to (?P<until>[\w ]+) declared support changed by "
    r"(?P<mean>\S+) points \(95% interval (?P<lower>\S+) to (?P<upper>\S+)\): "
    r"the mean of these (?P<houses>\d+) houses, whose effects may drift\.\*\* "
    r"With house effects that stand still it is (?P<static_mean>\S+) "
    r"\((?P<static_lower>\S+) to (?P<static_upper>\S+)\)\."
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
