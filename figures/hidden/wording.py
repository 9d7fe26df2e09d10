"""What the wording does: experiments within one survey beside a regression across houses."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import find_label, label, plural, round_shown, show_number
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, INK, house_style, marker_size, new_figure

# Which parts of one survey were chosen by chance; all other experiments have a mark of their own.
RANDOM = "random"
MARKS = {"experiment": "o", "other": "D", "regression": "s"}
# A regression effect of a level that fewer houses ask is that house's own effect.
HOUSES = 2
# A share against is drawn where the wording was made for those who are against.
AGAINST = ("opt_out",)
# Another proposal is no other wording of one: the return of territory is told by itself.
PROPOSALS = ("territory_returned",)
REFUSAL = ("offers_refusal", "False", "True")
DIGITS = 2
NUMBERS = ("difference", "lower", "upper")


def plot_wording(
    experiments: pd.DataFrame,
    effects: pd.DataFrame,
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw effects of experiments with their intervals above those of the regression.

    Parameters
    ----------
    experiments : DataFrame
        experiment_id, kind, assignment, answer, difference, lower, upper (points), as
        from ``analysis.questions.experiments.pool_differences``.
    effects : DataFrame
        covariate, level, baseline, mean, lower, upper (points), n_houses, model, as from
        ``analysis.questions.wording.wording_effects``.
    obs : DataFrame
        house_id, mid_date: the polls of the regression.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing, or there is nothing to draw.
    """
    require_columns(experiments, "experiments", ["experiment_id", "assignment", *NUMBERS])
    require_columns(effects, "effects", ["covariate", "level", "baseline", "mean"])
    data = wording_data(experiments, effects)
    ranked = rank_houses(houses, obs)
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = _draw(ax, data, edition)
        finish(
            fig,
            wording_title(data, edition),
            label("wording.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=label(
                "wording.note", edition, houses=plural("count.houses", len(ranked), edition)
            ),
            key=[
                KeyEntry(MARKS[name], _colour(name), label(f"wording.key.{name}", edition))
                for name in MARKS
            ],
            rows=n_rows,
            edition=edition,
        )
    return fig


def wording_data(experiments: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """The rows of the picture, in their order.

    Parameters
    ----------
    experiments, effects : DataFrame
        As for `plot_wording`.

    Returns
    -------
    DataFrame
        row (its label), source ("experiment", "other", "regression"), name (experiment_id
        or covariate), answer, level, baseline, difference, lower, upper (points), n_waves.
        Experiments without an interval or a label of their own are other orders of
        questions, which share a row; other proposals are left out.
    """
    is_wording = ~experiments["experiment_id"].isin(PROPOSALS)
    mine = experiments[experiments["lower"].notna() & is_wording]
    is_against = (mine["answer"] == "against") & mine["experiment_id"].isin(AGAINST)
    mine = mine[(mine["answer"] == "for") | is_against].copy()
    mine["row"] = [_name_row(row) for row in mine.itertuples()]
    mine = mine[mine["row"] != ""]
    mine["source"] = mine["assignment"].map(lambda how: "experiment" if how == RANDOM else "other")
    mine = mine.rename(columns={"experiment_id": "name"})
    mine["together"] = mine["row"] == "orders"
    mine = mine.sort_values(["together", "difference"], kind="stable")
    regression = _choose_effects(effects)
    columns = ["row", "source", "name", "answer", "level", "baseline", *NUMBERS, "n_waves"]
    both = pd.concat([mine, regression]).reindex(columns=columns)
    return both.round(dict.fromkeys(NUMBERS, DIGITS)).reset_index(drop=True)


def _name_row(row: Any) -> str:
    """Row of an experiment: its own, or that of the other orders of questions."""
    own = f"{row.experiment_id}.{row.answer}"
    if find_label(f"wording.row.{own}") is not None:
        return own
    return "orders" if row.kind == "order" and row.answer == "for" else ""


def _choose_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Each covariate alone, where more than one house asked both levels or a house asked both."""
    mine = effects[(effects["model"] == "alone") & (effects["covariate"] != "sector")].copy()
    mine = mine.rename(columns={"mean": "difference", "covariate": "name"})
    turned = pd.Series(list(zip(mine["name"], mine["level"], mine["baseline"], strict=True)))
    # Told like the experiment: what offering a refusal does, not what leaving it out does.
    turn = (turned == REFUSAL).to_numpy()
    mine.loc[turn, list(NUMBERS)] = -mine.loc[turn, ["difference", "upper", "lower"]].to_numpy()
    mine.loc[turn, ["level", "baseline"]] = mine.loc[turn, ["baseline", "level"]].to_numpy()
    mine["row"] = mine["name"] + "." + mine["level"] + "." + mine["baseline"]
    known = mine["row"].map(lambda row: find_label(f"wording.row.{row}") is not None)
    several = (mine["n_houses"] >= HOUSES) | (mine["carried_by"] != "")
    return mine[several & known].assign(source="regression", answer="for")


def wording_title(data: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say how far wording moves answers, and whether comparing houses could have shown it.

    Parameters
    ----------
    data : DataFrame
        As from `wording_data`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> rows = {"source": ["experiment", "regression"], "difference": [-14.0, 1.0]}
    >>> data = pd.DataFrame({**rows, "lower": [-17.0, -8.0], "upper": [-11.0, 9.0]})
    >>> wording_title(data).replace(chr(160), " ").split(";")[0]
    'Wording and order move answers by up to 14 points'
    """
    is_regression = data["source"] == "regression"
    clear = ((data["lower"] > 0) | (data["upper"] < 0)) & is_regression
    largest = int(round_shown(data.loc[~is_regression, "difference"].abs().max()))
    return label(
        f"wording.title.{'some' if clear.any() else 'none'}",
        edition,
        largest=plural("count.up_to_points", largest, edition),
        n=show_number(int(clear.sum()), edition),
        effects=plural("count.of_effects", int(is_regression.sum()), edition),
    )


def _colour(source: str) -> str:
    return INK["quiet"] if source == "regression" else ESTIMATE


def _draw(ax: Axes, data: pd.DataFrame, edition: Edition) -> int:
    """Draw and count rows: experiments, other orders together, those of the regression."""
    rows, dots = [Row(label("wording.heading.experiments", edition))], []
    is_regression = data["source"] == "regression"
    for row, mine in data[~is_regression].groupby("row", sort=False):
        if row == "orders":
            dots = [(len(rows), mine)]
            words = label("wording.row.orders", edition, n=len(mine))
            aside = _show_range(mine, edition)
            rows.append(Row(words, aside=aside))
            continue
        rows.append(_make_row(mine.iloc[0].to_dict(), edition))
    rows.append(Row(label("wording.heading.regression", edition)))
    rows += [_make_row(row, edition) for row in data[is_regression].to_dict("records")]
    for place, mine in dots:
        _draw_orders(ax, place, mine)
    return draw_rows(ax, rows, edition, line=0, heading=label("houses.aside", edition))


def _make_row(row: Mapping[Hashable, Any], edition: Edition) -> Row:
    numbers = (row["difference"], row["lower"], row["upper"])
    source = row["source"]
    words = label(f"wording.row.{row['row']}", edition)
    aside = show_interval(*numbers, edition)
    return Row(words, *numbers, _colour(source), MARKS[source], aside)


def _show_range(mine: pd.DataFrame, edition: Edition) -> str:
    low, high = (
        show_number(value, edition, with_sign=True)
        for value in (mine["difference"].min(), mine["difference"].max())
    )
    return label("wording.range", edition, low=low, high=high)


def _draw_orders(ax: Axes, place: int, mine: pd.DataFrame) -> None:
    """One small mark for each test, without interval: they share a row."""
    for source, part in mine.groupby("source"):
        marker = MARKS[str(source)]
        ax.plot(
            part["difference"],
            [place] * len(part),
            linestyle="none",
            marker=marker,
            markersize=marker_size(marker, 4.5),
            color=_colour(str(source)),
            markeredgecolor="white",
            markeredgewidth=0.4,
            gid=f"orders-{source}",
        )


def _experiments(fitted: FittedPolls) -> pd.DataFrame:
    def estimate() -> pd.DataFrame:
        from analysis.questions import arm_differences, pool_differences

        require_columns(fitted.tables["arms"], "arms", ["experiment_id"])
        return pool_differences(arm_differences(fitted.tables["arms"]))

    return fitted.keep("wording.experiments", estimate)


def _effects(fitted: FittedPolls) -> pd.DataFrame:
    def estimate() -> pd.DataFrame:
        from analysis.questions import wording_effects

        return wording_effects(_obs(fitted))

    return fitted.keep("wording.effects", estimate)


def _obs(fitted: FittedPolls) -> pd.DataFrame:
    return fitted.obs(include=("questions",))


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    experiments, effects, obs = _experiments(fitted), _effects(fitted), _obs(fitted)
    houses = fitted.houses(edition)
    fig = plot_wording(experiments, effects, obs, houses, edition)
    data = wording_data(experiments, effects)
    is_regression = data["source"] == "regression"
    inside = data[~is_regression]
    extreme = inside.sort_values("difference", key=abs).iloc[-1]
    alt = label(
        "wording.alt",
        edition,
        n=len(inside),
        low=show_number(inside["difference"].min(), edition, with_sign=True),
        high=show_number(inside["difference"].max(), edition, with_sign=True),
        most=label(f"wording.row.{extreme['row']}", edition),
        effects=plural("count.of_effects", int(is_regression.sum()), edition),
    )
    ranked = rank_houses(houses, obs)
    caption = "\n".join(
        [
            label("wording.limits", edition),
            label("wording.method", edition, polls=plural("count.polls", len(obs), edition)),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "wording-experiments",
        "What a change of wording does within one survey, and what a regression can tell of it.",
        _draw_published,
        lambda fitted: wording_data(_experiments(fitted), _effects(fitted)),
        seconds=3.0,
    ),
)
