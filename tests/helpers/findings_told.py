"""Which finding each title and alt text tells, and how it is written there."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from figures.kit.changes import name_since, name_time, say_change
from figures.kit.edition import DEFAULT, Edition
from figures.kit.forest import show_interval
from figures.kit.labels import NO_BREAK, show_date, show_number

Row = Mapping[str, Any]


class Told(NamedTuple):
    """A finding, the figure that tells it, and what of it stands in title and alt text."""

    finding: str
    slug: str
    title: str = ""
    alt: str = ""


# By words of FORMS; what a text does not tell is not listed.
TOLD = (
    Told("support.panel", "trend-support", "change since", "time"),
    Told("parts.support.undecided", "composition-support", "change low high since", "time"),
    Told("fight_on.panel", "talks-continue", "change since", "change time"),
    Told("fight_on.support", "talks-continue", "change", "change"),
    Told("talks.panel", "talks-continue", "", "change"),
    Told("fight_on.panel", "all-questions", "change since", "change"),
    Told("fight_on.support", "all-questions", "change", "change"),
    Told("talks.panel", "all-questions", "", "change"),
    Told("houses.apart", "house-effects-support", "distance ends", "distance"),
    Told("houses.gap.these_houses", "sector-gap-support", "", "interval"),
    Told("claim.level.state", "claim-april-2022", "level", "level"),
    Told("claim.level.independent", "claim-april-2022", "level", "level"),
    Told("opinion.of_all.base", "opinion-spread-support", "", "signed time"),
    Told("opinion.of_all.last", "opinion-spread-support", "", "signed year"),
    Told("opinion.of_opinion.base", "opinion-spread-support", "lead time", "signed"),
    Told("opinion.of_opinion.last", "opinion-spread-support", "lead year", "signed"),
    Told("groups.age_group.change", "age-support", "interval month until", "month until"),
    Told("groups.age_group.start", "age-support", "", "level"),
    Told("groups.age_group.end", "age-support", "", "level"),
    Told("groups.tv_source.change", "television-support", "interval month until", "month until"),
    Told("groups.tv_source.start", "television-support", "", "level"),
    Told("groups.tv_source.end", "television-support", "", "level"),
    Told("sincerity.share", "tipping-point-support", "level"),
    Told("sincerity.gap", "indirect-support", "distance"),
    Told("silence.recontact", "nonresponse-support", "", "hundredth"),
    Told("silence.fear", "nonresponse-support", "", "tenth"),
)


def say(row: Row, form: str, edition: Edition = DEFAULT) -> str:
    """Write a finding in one of the forms of titles and alt texts, with ordinary spaces."""
    mean = float(row["mean"])
    numbers = (mean, float(row["lower"]), float(row["upper"]))
    words = {
        "change": lambda: say_change(row, edition)["change"],
        "low": lambda: say_change(row, edition)["low"],
        "high": lambda: say_change(row, edition)["high"],
        "lead": lambda: show_number(abs(mean), edition),
        "signed": lambda: show_number(mean, edition, with_sign=True),
        "distance": lambda: show_number(abs(mean), edition),
        "level": lambda: show_number(mean, edition),
        "tenth": lambda: show_number(mean, edition, digits=1),
        "hundredth": lambda: show_number(mean, edition, digits=2),
        "interval": lambda: show_interval(*numbers, edition),
        "ends": lambda: show_interval(*numbers, edition, sign=False).partition("(")[2][:-1],
        "since": lambda: name_since(row["start"], edition, row["start_until"]),
        "time": lambda: name_time(row["start"], edition, row["start_until"]),
        "month": lambda: show_date(row["start"], edition, "LLLL y"),
        "until": lambda: show_date(row["end"], edition, "LLLL y"),
        "year": lambda: show_date(row["start_until"], edition, "LLL y"),
    }[form]()
    return plain(words)


def plain(words: str) -> str:
    """Words in one line, with ordinary spaces."""
    return " ".join(words.replace(NO_BREAK, " ").split())


def list_missing(
    rows: Mapping[str, Row], slug: str, title: str, alt: str, edition: Edition = DEFAULT
) -> list[str]:
    """What title and alt text of a figure should say of the findings, and do not."""
    missing = []
    for told in TOLD:
        if told.slug != slug:
            continue
        for text, forms in ((title, told.title), (alt, told.alt)):
            said = [(form, say(rows[told.finding], form, edition)) for form in forms.split()]
            missing += [
                f"{told.finding}, {form}: {words!r} is not in {plain(text)!r}"
                for form, words in said
                if words not in plain(text)
            ]
    return missing


# A number as it is printed, without what a range of them is joined by.
NUMBER = re.compile(r"[+−]?\d[\d ,.]*(?<![ ,.])")
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# Of what a title may say beside findings: the level of an interval, of a hundred people, of half.
FIXED = {"95", "100", "50"}


def _latest(data: pd.DataFrame) -> pd.DataFrame:
    """Last polls of pollsters that polled in the last twelve months."""
    polls = data[data["kind"] == "poll"].sort_values("date")
    last = polls.groupby("house_id").tail(1)
    year = polls["date"].max() + pd.offsets.MonthEnd(0) + pd.offsets.MonthBegin(-12)
    return last[last["date"] >= year]


def _squares(data: pd.DataFrame) -> list[float]:
    """Whole shares of both pollsters."""
    return [*data["for_pct"], *data["against_pct"]]


def _months(data: pd.DataFrame) -> list[float]:
    """Months with one pollster or none, and all months."""
    pollsters = data[data["n_polls"] > 0].groupby("month")["house_id"].nunique()
    months = data["month"].nunique()
    return [months - (pollsters > 1).sum(), months]


def _analyses(data: pd.DataFrame) -> list[float]:
    """In percent, how many of the analyses that answer a question find what the title asks."""
    since = data.loc[data["base"] == "base", "change"]
    found = [since.dropna() < 0, data["gap"].dropna() > 0, data["level"].dropna() > 60]
    return [60, *(100 * yes.mean() for yes in found)]


# Changes from other bases, of which a title may tell one.
OTHER_BASES = {"trend-support": ("support.first_weeks", "support.autumn")}
# Other forms of a finding, by its first: a change with its interval or, where it hangs on the base,
# without; which of two leads by words or, where that is unclear, by a sign.
MORE_FORMS = {"change": ("low", "high"), "lead": ("signed",)}
# What titles and cards count from the data of their figure: numbers, as the table of findings has
# none of them, by slug.
COUNTED: Mapping[str, Callable[[pd.DataFrame], list[Any]]] = {
    "two-pollsters-support": _squares,
    "coverage-support": _months,
    "multiverse-support": _analyses,
    "by-pollster-support": lambda data: [*_latest(data)["value_pct"].agg(["min", "max"])],
    "sectors-support": lambda data: [
        (
            (data["kind"] == "poll") & (data["sector"] == "state") & (data["date"] > "2022-12-31")
        ).sum()
    ],
    "sector-gap-support": lambda data: [*data["mean"].agg(["min", "max"])],
    "as-of-support": lambda data: [
        data["revision"].abs().mean(),
        len(data),
        data["is_inside"].sum(),
    ],
    "events": lambda data: [
        data["event"].nunique(),
        data.loc[data["stands_out"], "event"].nunique(),
    ],
    "participation-support": lambda data: [
        *data.loc[data["kind"] != "refused", "value_pct"].agg(["min", "max"])
    ],
    "wording-experiments": lambda data: [
        data.loc[data["source"] != "regression", "difference"].abs().max(),
        (data["source"] == "regression").sum(),
    ],
    "tipping-point-support": lambda data: [
        *data.loc[data["kind"] == "needed", "insincere_pct"].agg(["min", "max"])
    ],
    "nonresponse-support": lambda data: [
        *data.loc[data["n_polls"].notna() & (data["ratio"] >= 1), "ratio"].agg(["min", "max"])
    ],
    "who-support": lambda data: [
        *data.loc[data["by"] != "", "value_pct"].agg(["min", "max"]),
        18,
        29,
        60,
    ],
    # Names of the groups that are told.
    "age-support": lambda _: [60, 18, 29],
}


def list_unaccounted(
    rows: Mapping[str, Row], slug: str, words: str, data: pd.DataFrame, edition: Edition = DEFAULT
) -> list[str]:
    """Numbers of a title or card that neither the findings of the figure nor its data give."""
    told = [
        say(rows[one.finding], form, edition)
        for one in TOLD
        if one.slug == slug
        for form in (*one.title.split(), *MORE_FORMS.get(one.title.split(" ")[0], ()))
    ]
    told += [say(rows[name], "change", edition) for name in OTHER_BASES.get(slug, ())]
    counted = COUNTED.get(slug, lambda _: [])(data)
    shown = {show_number(float(n), edition, digits=d) for n in counted for d in (0, 1)}
    shown |= {show_number(float(n), edition, with_sign=True) for n in counted}
    known = FIXED | {plain(words) for words in shown}
    known |= {number for words in told for number in NUMBER.findall(words)}
    known |= {number.lstrip("+−") for number in known}
    return [n for n in NUMBER.findall(YEAR.sub("", plain(words))) if n not in known]


def list_numbers(words: str) -> list[str]:
    """Numbers of some words, as they are printed."""
    return NUMBER.findall(plain(words))
