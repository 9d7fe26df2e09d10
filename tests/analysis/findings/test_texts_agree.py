"""Titles, alt texts, README and notebooks take direction, base and size from one table."""

import importlib.util
from functools import cache
from types import ModuleType

import nbformat
import pytest
from helpers.findings_told import TOLD, list_missing, plain, say
from helpers.paths import ROOT

import polls
from analysis.findings import TOPICS, event_shifts, findings, name_span, signed, stand_out
from figures import FittedPolls, draw
from figures.kit.labels import show_number

pytestmark = pytest.mark.long("all figures are drawn, from all models")

TABLES = {**polls.load(), "arms": polls.experiments()}
FITTED = FittedPolls(TABLES, polls.series)
SLUGS = sorted({told.slug for told in TOLD})
# Notebooks, and what their answers tell: a finding, and how it is written there.
ANSWERS = {
    "02_support_trend": {
        "support.panel": "tenths span",
        "support.first_weeks": "tenths",
        "support.autumn": "tenths",
        "support.typical": "tenths",
    },
    "03_who_measures_what": {"houses.apart": "distance ends"},
    "04_the_claim": {
        "claim.level.state": "level",
        "claim.level.independent": "level",
        "claim.houses.60": "level",
        "claim.insincere.houses": "level",
        "claim.insincere.chronicles": "level",
    },
    "05_what_the_number_hides": {
        "opinion.of_all.last": "distance",
        "opinion.of_opinion.last": "distance",
        "wording.refusal_offered_against": "distance",
    },
    "05b_sincerity_and_silence": {
        "sincerity.share": "level",
        "silence.recontact": "hundredth",
        "silence.fear": "tenth",
    },
    "06_other_questions": {
        "fight_on.panel": "tenths span",
        "fight_on.support": "tenths",
        "fight_on.paired": "tenths",
    },
    "07_who": {
        "groups.age_group.change": "tenths",
        "groups.tv_source.change": "tenths",
        "groups.tv_source.start": "level",
        "groups.tv_source.end": "level",
    },
}


@pytest.fixture(scope="module")
def rows():
    """All findings but those of instruments, which no title tells."""
    topics = [topic for topic in TOPICS if topic != "instruments"]
    return findings(FITTED, topics).set_index("finding").to_dict("index")


@cache
def drawn(slug):
    return draw(slug, FITTED)


def title_of(slug):
    return plain(drawn(slug).fig.get_suptitle())


@pytest.fixture(scope="module")
def headline():
    """The headline as today's tables make it."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "notebooks" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = TABLES["houses"].set_index("house_id")["name"].to_dict()
    return module.write_headline(findings(FITTED, module.TOPICS), names)


def answer(name):
    """What the first cell of a notebook answers, as it is stored; nbval holds it up to date."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    (said,) = (out.data["text/markdown"] for out in cell.outputs if "data" in out)
    return plain(said)


def written(row, form):
    """A finding as notebooks write it."""
    if form == "tenths":
        return f"{signed(row['mean'])} ({signed(row['lower'])} to {signed(row['upper'])})"
    if form == "span":
        return name_span(row["start"], row["start_until"])
    return say(row, form)


@pytest.mark.parametrize("slug", SLUGS)
def test_title_and_alt_text_tell_the_findings_of_the_table(rows, slug):
    assert list_missing(rows, slug, drawn(slug).fig.get_suptitle(), drawn(slug).alt) == []


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_of_a_notebook_tells_the_findings_of_the_table(rows, name):
    said = answer(name)
    for finding, forms in ANSWERS[name].items():
        for form in forms.split():
            assert written(rows[finding], form) in said, (finding, form)


def test_the_page_tells_the_same_changes_from_the_same_bases(rows, headline):
    names = ("support.panel", "support.first_weeks", "support.autumn", "fight_on.panel")
    for name in names:
        row = rows[name]
        assert signed(row["mean"]) in headline
        assert name_span(row["start"], row["start_until"]) in headline


def test_the_page_answers_the_claim_first_with_the_means_of_the_table(rows, headline):
    first = headline.split("\n\n")[0]
    for sector in ("state", "independent"):
        assert f"{say(rows[f'claim.level.{sector}'], 'level')} percent" in first
    assert "that was so" in first
    assert "well above 50%" in title_of("claim-april-2022")


def test_what_the_page_says_of_questions_is_what_experiments_and_polls_found(rows):
    """Statements of the README that are typed: rewrite them where they no longer hold."""
    said = plain((ROOT / "README.md").read_text(encoding="utf-8"))
    for words in (
        "asked at the end of an interview and not early, more people said that they support",
        "The same people can declare support and want peace talks",
        "ask for an end of the war that returns the annexed territories, and most turn away",
        "State-run pollsters have printed the question less often since 2022",
    ):
        assert words in said
    assert rows["wording.asked_early"]["direction"] == "lower"
    both = FITTED.obs("support").merge(FITTED.obs("talks"), on="poll_id")
    last = both.groupby("house_id_x").tail(1)
    assert (last["for_pct_x"] + last["for_pct_y"]).max() > 100
    assert FITTED.obs("peace_deal_territory")["share_pct"].max() < 50
    polls_of_late = FITTED.obs("support").query("mid_date > '2022-12-31'")
    by_sector = polls_of_late["sector"].value_counts()
    assert by_sector["independent"] > 2 * by_sector["state"]
    state = FITTED.obs("support").query("sector == 'state'")["mid_date"].dt.year.value_counts()
    assert state.drop(2022).max() < state[2022]


def test_picture_page_and_notebook_agree_on_whether_the_base_decides(headline):
    hangs = "hangs on where one begins" in headline
    assert (", but " in title_of("trend-support")) == hangs
    assert ("hangs on where one begins" in answer("02_support_trend")) == hangs


@pytest.mark.parametrize(
    ("slug", "by"), [("age-support", "age_group"), ("television-support", "tv_source")]
)
def test_a_gap_is_said_to_have_changed_where_its_interval_says_so(rows, slug, by):
    words = {"fallen": " narrowed from", "risen": " widened from", "unclear": "no clear change"}
    assert words[rows[f"groups.{by}.change"]["direction"]] in title_of(slug)


def test_title_and_notebook_agree_on_which_pollster_leads_among_opinions(rows):
    then, now = (rows[f"opinion.of_opinion.{end}"]["direction"] for end in ("base", "last"))
    crossed = {then, now} == {"lower", "higher"}
    assert ("Opinion holders’ support: " in title_of("opinion-spread-support")) == crossed
    assert ("changed places" in answer("05_what_the_number_hides")) == crossed


def test_the_picture_of_events_names_those_whose_evidence_is_enough(rows):
    shifts = event_shifts(FITTED)
    clear = shifts.loc[stand_out(shifts), "event"].nunique()
    told = f"{clear} of" if clear > 1 else "only one" if clear else "show no clear shift"
    assert told in title_of("events")
    means = [row["mean"] for name, row in rows.items() if name.startswith("event.")]
    for end in (min(means), max(means)):
        assert show_number(end, with_sign=True) in plain(drawn("events").alt)


def test_the_band_of_the_tipping_picture_is_that_of_the_list_experiment(rows):
    share = rows["sincerity.share"]
    said = f"({share['lower']:.0f} to {share['upper']:.0f}"
    assert said in plain(drawn("tipping-point-support").alt)


def test_the_parts_of_an_answer_add_up_to_no_change(rows):
    for construct in ("support", "talks"):
        changes = [rows[f"parts.{construct}.{p}"]["mean"] for p in ("for", "against", "undecided")]
        assert abs(sum(changes)) < 0.1
    none, main = rows["parts.support.undecided"], rows["support.panel"]
    for name in ("start", "start_until", "end", "end_until", "panel"):
        assert none[name] == main[name]


def test_a_text_that_tells_another_size_or_base_is_found(rows):
    slug = "trend-support"
    title, alt = drawn(slug).fig.get_suptitle(), drawn(slug).alt
    wrong = {**rows, "support.panel": {**rows["support.panel"], "mean": 40.0}}
    assert list_missing(wrong, slug, title, alt)
    later = rows["support.panel"]["start"].replace(year=2023)
    wrong = {**rows, "support.panel": {**rows["support.panel"], "start": later}}
    assert list_missing(wrong, slug, title, alt)
