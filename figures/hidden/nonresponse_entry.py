"""The published figure of nonresponse: its rows, its evidence and its words."""

import pandas as pd

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.indirect import make_gaps
from figures.hidden.nonresponse import RESPONSE_PCT, Found, nonresponse_rows, plot_nonresponse
from figures.kit.edition import Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses
from figures.kit.labels import label, show_date, show_number
from figures.kit.save import Rendering

# A house with one poll says less of houses than of that poll.
LEAST_POLLS = 2
DIGITS = 3


def make_rows(fitted: FittedPolls) -> pd.DataFrame:
    """Bounds and ratios of the houses with several polls, each at its last poll."""

    def make() -> pd.DataFrame:
        from analysis.sensitivity import house_ratios, silent_share

        counts = fitted.obs()["house_id"].value_counts()
        least = LEAST_POLLS if counts.max() >= LEAST_POLLS else 1
        ratios = house_ratios(fitted.results(), least_polls=least)
        return nonresponse_rows(ratios, silent_share(fitted.obs()))

    return fitted.keep("nonresponse", make)


def find_evidence(fitted: FittedPolls) -> Found | None:
    """What the re-contact of earlier non-respondents implies, if it was known by then."""
    from analysis.sensitivity import response_evidence

    tables = fitted.tables
    evidence = response_evidence(tables["participation"], tables["indirect"])
    known = evidence[evidence["measure"] == "implied_response_ratio"]
    gaps = make_gaps(fitted)
    gaps = gaps[gaps["study"].isin(known["study"])]
    if gaps.empty:
        return None
    gap = gaps.iloc[0]
    ratio = known.set_index("study")["value"][gap["study"]]
    return Found(float(ratio), gap["direct_pct"], gap["indirect_pct"], pd.Timestamp(gap["date"]))


def nonresponse_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn."""
    rows = make_rows(fitted).rename(
        columns={"median": "ratio", "lower": "ratio_lower", "upper": "ratio_upper"}
    )
    found = find_evidence(fitted)
    if found is not None:
        row = {"house_id": ["re-contact"], "date": [found.day], "ratio": [found.ratio]}
        rows = pd.concat([rows, pd.DataFrame(row)])
    numbers = rows.select_dtypes("number").columns
    return rows.assign(**{name: rows[name].round(DIGITS) for name in numbers}).reset_index(
        drop=True
    )


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses, rows = fitted.obs(), fitted.houses(edition), make_rows(fitted)
    found = find_evidence(fitted)
    fig = plot_nonresponse(obs, rows, houses, edition, found=found)
    ranked = rank_houses(houses, obs)
    names = {house.house_id: house.name for house in ranked}
    most, least = rows.iloc[0], rows.iloc[-1]
    alt = label(
        "nonresponse.alt",
        edition,
        n=len(rows),
        high=show_number(most["median"], edition, digits=1),
        most=names[most["house_id"]],
        low=show_number(least["median"], edition, digits=1),
        least=names[least["house_id"]],
    )
    caption = "\n".join(
        [
            label("nonresponse.method", edition, rate=show_number(RESPONSE_PCT, edition)),
            *([_say_evidence(found, edition)] if found else []),
            label("trend.support.question", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


def _say_evidence(found: Found, edition: Edition) -> str:
    return label(
        "nonresponse.evidence",
        edition,
        month=show_date(found.day, edition, "LLLL y"),
        earlier=show_number(found.earlier_pct, edition, digits=1),
        fresh=show_number(found.fresh_pct, edition, digits=1),
        ratio=show_number(found.ratio, edition, digits=2),
    )


ENTRIES = (
    Entry(
        "nonresponse-support",
        "What people who did not answer could change: bounds and response ratio by house.",
        _draw,
        nonresponse_data,
    ),
)
