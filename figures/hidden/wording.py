"""What the wording does: experiments within one survey beside a regression across houses."""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import find_label, label, plural, show_number
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, INK, house_style, marker_size, new_figure

# Which parts of one survey were chosen by chance; all other experiments have a mark of their own.
RANDOM = "random"
MARKS = {"experiment": "o", "other": "D", "regression": "s"}
# A regression effect of a level that fewer houses ask is that house's own effect.
HOUSES = 2
# A share against is drawn where the wording was made for those who are against.
AGAINST = ("opt_out",)
REFUSAL = ("offers_refusal", "False", "True")
DIGITS = 2
NUMBERS = ("difference", "lower", "upper")


def plot_wording(
    experiments: pd.DataFrame,
    effects: pd.DataFrame,
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    lang: str = "en",
    *,
    size: str = "article",
    as_of: date | pd.Timestamp | None = None,
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
    lang : {"en", "ru", "uk"}
        Language.
    size : {"article", "wide", "square"}
        Size of the figure.
    as_of : date, optional
        Only what was published by this day is in the frames.

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
        fig, ax = new_figure(size)
        _draw(ax, data, lang)
        finish(
            fig,
            wording_title(data, lang),
            label("wording.subtitle", lang),
            name_sources(ranked, lang),
            last_day(obs),
            as_of=as_of,
            note=label("wording.note", lang, houses=plural("count.houses", len(ranked), lang)),
            key=[
                KeyEntry(MARKS[name], _colour(name), label(f"wording.key.{name}", lang))
                for name in MARKS
            ],
            lang=lang,
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
        questions, which share a row.
    """
    mine = experiments[experiments["lower"].notna()]
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


def wording_title(data: pd.DataFrame, lang: str = "en") -> str:
    """Say how far wording moves answers, and whether comparing houses could have shown it.

    Parameters
    ----------
    data : DataFrame
        As from `wording_data`.
    lang : {"en", "ru", "uk"}
        Language.

    Examples
    --------
    >>> rows = {"source": ["experiment", "regression"], "difference": [-42.0, 1.0]}
    >>> data = pd.DataFrame({**rows, "lower": [-46.0, -8.0], "upper": [-38.0, 9.0]})
    >>> wording_title(data).replace(chr(160), " ").split(";")[0]
    'How a question is put moves answers by up to 42 points'
    """
    is_regression = data["source"] == "regression"
    clear = ((data["lower"] > 0) | (data["upper"] < 0)) & is_regression
    largest = round(data.loc[~is_regression, "difference"].abs().max())
    return label(
        f"wording.title.{'some' if clear.any() else 'none'}",
        lang,
        largest=plural("count.up_to_points", largest, lang),
        n=show_number(int(clear.sum()), lang),
        effects=plural("count.of_effects", int(is_regression.sum()), lang),
    )


def _colour(source: str) -> str:
    return INK["quiet"] if source == "regression" else ESTIMATE


def _draw(ax: Axes, data: pd.DataFrame, lang: str) -> None:
    """Rows of experiments, the other orders together, then the rows of the regression."""
    rows, dots = [Row(label("wording.heading.experiments", lang))], []
    is_regression = data["source"] == "regression"
    for row, mine in data[~is_regression].groupby("row", sort=False):
        if row == "orders":
            dots = [(len(rows), mine)]
            words = label("wording.row.orders", lang, n=len(mine))
            aside = _show_range(mine, lang)
            rows.append(Row(words, aside=aside))
            continue
        rows.append(_make_row(mine.iloc[0].to_dict(), lang))
    rows.append(Row(label("wording.heading.regression", lang)))
    rows += [_make_row(row, lang) for row in data[is_regression].to_dict("records")]
    draw_rows(ax, rows, lang, line=0, heading=label("houses.aside", lang))
    for place, mine in dots:
        _draw_orders(ax, place, mine)


def _make_row(row: Mapping[Hashable, Any], lang: str) -> Row:
    numbers = (row["difference"], row["lower"], row["upper"])
    source = row["source"]
    words = label(f"wording.row.{row['row']}", lang)
    aside = show_interval(*numbers, lang)
    return Row(words, *numbers, _colour(source), MARKS[source], aside)


def _show_range(mine: pd.DataFrame, lang: str) -> str:
    low, high = (
        show_number(value, lang, with_sign=True)
        for value in (mine["difference"].min(), mine["difference"].max())
    )
    return label("wording.range", lang, low=low, high=high)


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
            alpha=0.6,
            markeredgecolor="white",
            markeredgewidth=0.4,
            gid=f"orders-{source}",
        )
    # A row without an estimate is set as a heading; this one is none.
    ax.get_yticklabels()[place].set_fontweight("normal")


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


def _draw_published(fitted: FittedPolls, lang: str, size: str) -> Rendering:
    experiments, effects, obs = _experiments(fitted), _effects(fitted), _obs(fitted)
    houses, as_of = fitted.houses(lang), fitted.as_of
    fig = plot_wording(experiments, effects, obs, houses, lang, size=size, as_of=as_of)
    data = wording_data(experiments, effects)
    is_regression = data["source"] == "regression"
    inside = data[~is_regression]
    extreme = inside.sort_values("difference", key=abs).iloc[-1]
    alt = label(
        "wording.alt",
        lang,
        n=len(inside),
        low=show_number(inside["difference"].min(), lang, with_sign=True),
        high=show_number(inside["difference"].max(), lang, with_sign=True),
        most=label(f"wording.row.{extreme['row']}", lang),
        effects=plural("count.of_effects", int(is_regression.sum()), lang),
    )
    ranked = rank_houses(houses, obs)
    caption = "\n".join(
        [
            label("wording.method", lang, polls=plural("count.polls", len(obs), lang)),
            label("wording.limits", lang),
            source_line(name_sources(ranked, lang), last_day(obs), lang, as_of=as_of),
        ]
    )
    return Rendering(fig, alt, caption, lang, size)


ENTRIES = (
    Entry(
        "wording-experiments",
        "What a change of wording does within one survey, and what a regression can tell of it.",
        _draw_published,
        lambda fitted: wording_data(_experiments(fitted), _effects(fitted)),
        seconds=3.0,
    ),
)
