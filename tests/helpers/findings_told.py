"""Which finding each title and alt text tells, and how it is written there."""

from collections.abc import Mapping
from typing import Any, NamedTuple

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
    Told("parts.support.undecided", "composition-support", "change since", "time"),
    Told("fight_on.panel", "talks-continue", "change since", "change time"),
    Told("fight_on.support", "talks-continue", "change", "change"),
    Told("talks.panel", "talks-continue", "", "change"),
    Told("fight_on.paired", "all-questions", "change since"),
    Told("fight_on.panel", "all-questions", "since", "change"),
    Told("fight_on.support", "all-questions", "", "change"),
    Told("talks.panel", "all-questions", "", "change"),
    Told("houses.apart", "house-effects-support", "distance ends"),
    Told("houses.gap.these_houses", "sector-gap-support", "", "interval"),
    Told("claim.level.state", "claim-april-2022", "", "level"),
    Told("claim.level.independent", "claim-april-2022", "", "level"),
    Told("opinion.of_all.base", "opinion-spread-support", "", "signed time"),
    Told("opinion.of_all.last", "opinion-spread-support", "", "signed"),
    Told("opinion.of_opinion.base", "opinion-spread-support", "distance time", "signed"),
    Told("opinion.of_opinion.last", "opinion-spread-support", "distance", "signed"),
    Told("groups.age_group.change", "age-support", "interval month", "lone_month"),
    Told("groups.age_group.start", "age-support", "", "level"),
    Told("groups.age_group.end", "age-support", "", "level"),
    Told("groups.tv_source.change", "television-support", "interval month", "lone_month"),
    Told("groups.tv_source.start", "television-support", "", "level"),
    Told("groups.tv_source.end", "television-support", "", "level"),
    Told("sincerity.share", "tipping-point-support", "level"),
    Told("sincerity.gap", "indirect-support", "distance"),
    Told("silence.recontact", "nonresponse-support", "", "tenth"),
    Told("silence.fear", "nonresponse-support", "", "tenth"),
)


def say(row: Row, form: str, edition: Edition = DEFAULT) -> str:
    """Write a finding in one of the forms of titles and alt texts, with ordinary spaces."""
    mean = float(row["mean"])
    numbers = (mean, float(row["lower"]), float(row["upper"]))
    words = {
        "change": lambda: say_change(row, edition)["change"],
        "signed": lambda: show_number(mean, edition, with_sign=True),
        "distance": lambda: show_number(abs(mean), edition),
        "level": lambda: show_number(mean, edition),
        "tenth": lambda: show_number(mean, edition, digits=1),
        "interval": lambda: show_interval(*numbers, edition),
        "ends": lambda: show_interval(*numbers, edition, sign=False).partition("(")[2][:-1],
        "since": lambda: name_since(row["start"], edition, row["start_until"]),
        "time": lambda: name_time(row["start"], edition, row["start_until"]),
        "month": lambda: show_date(row["start"], edition, "MMMM y"),
        "lone_month": lambda: show_date(row["start"], edition, "LLLL y"),
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
