"""The interactive chart of the front page: what Altair draws, and the numbers that it draws.

The page works without it: the chart takes the place of a picture. Its libraries stand in one file
of the site, and nothing is fetched from elsewhere.
"""

import json
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from analysis.questions import take_opinion_holders
from figures import SECTOR_COLOURS, FittedPolls
from figures.kit import LANGUAGES
from web.kit import SECTOR_SHAPES, Words
from web.material import Material, list_rows
from web.waves import name_pollster, show_mode

# A question with fewer polls has no line to choose among.
FEWEST_POLLS = 8
# A house or a sector with fewer polls is dots: no line is drawn through three readings.
FEWEST_OF_REFERENCE = 5
# Days between two points of a line: some twenty pixels of the widest chart.
STEP = "28D"
DIGITS = 1
MEASURES = ("all", "holders")


def write_chart(folder: Path, material: Material) -> None:
    """Write libraries, lines and dots of the chart into the folder of the site.

    Parameters
    ----------
    folder : Path
    material : Material
    """
    static = folder / "static"
    static.mkdir(exist_ok=True)
    (static / "vega.js").write_text(bundle_libraries(), encoding="utf-8", newline="\n")
    shared = {"spec": draw_chart(material), "lines": list_lines(material)}
    _write_script(static / "chart-lines.js", "CHART", shared)
    for lang in LANGUAGES:
        _write_script(static / f"chart-polls-{lang}.js", "POLLS", list_dots(material, Words(lang)))


def bundle_libraries() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script, as Altair's release goes with them."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;"))


def draw_chart(material: Material) -> dict[str, Any]:
    """Describe the chart as Vega-Lite; data come by name, so that controls can change them.

    Colours are variables of the style sheet: the chart is dark where the page is.
    """
    alt.data_transformers.disable_max_rows()
    domain = [
        alt.DateTime(year=d.year, month=d.month, date=d.day, utc=True) for d in material.limits
    ]
    x = alt.X("date:T", title=None).scale(type="utc", domain=domain, nice=False).axis(
        format="%Y", tickCount="year", grid=False, labelFlush=True
    )  # fmt: skip
    line = alt.Chart(alt.NamedData("line")).encode(x=x)
    band = line.mark_area(color="var(--ink)", opacity=0.14).encode(
        y=_share("lower"), y2=alt.Y2("upper:Q")
    )
    level = line.mark_line(color="var(--ink)", strokeWidth=2.4).encode(y=_share("mean"))
    half = (
        alt.Chart(alt.NamedData("half"))
        .mark_rule(color="var(--quiet)", strokeDash=[4, 3])
        .encode(y=_share("value"))
    )
    # The dot itself, not the nearest one: over cells around dots Vega-Lite tells undefined values.
    hover = alt.selection_point(
        name="hover", on="pointerover", fields=["id"], empty=False, clear="pointerout"
    )
    large = alt.value(190)
    dots = (
        alt.Chart(alt.NamedData("dots"))
        .mark_point(filled=True, opacity=0.85, stroke="var(--ground)", strokeWidth=0.7)
        .encode(
            x=x,
            y=_share("value"),
            href="url:N",
            color=alt.Color("sector:N", legend=None).scale(
                domain=list(SECTOR_COLOURS), range=[f"var(--{name})" for name in SECTOR_COLOURS]
            ),
            shape=alt.Shape("sector:N", legend=None).scale(
                domain=list(SECTOR_SHAPES), range=[shape.vega for shape in SECTOR_SHAPES.values()]
            ),
            size=alt.when(hover)
            .then(large)
            .when("datum.picked")
            .then(large)
            .otherwise(alt.value(75)),
            tooltip=[
                alt.Tooltip(f"{name}:N", title=name)
                for name in ("pollster", "days", "n", "mode", "share", "wording")
            ],
        )
        .add_params(hover)
    )
    chart = (band + half + level + dots).properties(
        width="container", height=380, background="transparent"
    )
    styled = chart.configure_view(stroke=None).configure_axis(
        labelColor="var(--quiet)", domainColor="var(--quiet)", gridColor="var(--line)",
        tickColor="var(--quiet)", labelFont="sans-serif", labelFontSize=13,
    )  # fmt: skip
    spec: dict[str, Any] = styled.to_dict()
    return spec


def _share(column: str) -> alt.Y:
    """Percent on the one axis that all layers share."""
    ticks = [0, 25, 50, 75, 100]
    axis = alt.Axis(values=ticks, labelExpr="datum.value + '%'")
    return alt.Y(f"{column}:Q", title=None, axis=axis).scale(domain=[0, 100])


def list_questions(material: Material) -> list[str]:
    """Constructs to choose from, most polls first."""
    return [name for name in material.constructs if len(material.fitted.obs(name)) >= FEWEST_POLLS]


def list_lines(material: Material) -> dict[str, Any]:
    """Levels of each question, measure and reference.

    Returns
    -------
    dict
        Question to measure to dates and references; of a reference mean, lower, upper and, with
        the error that all pollsters share, low and high: percent, one number for each date.
    """
    return {
        construct: {
            measure: _list_references(_fit(material, measure), construct) for measure in MEASURES
        }
        for construct in list_questions(material)
    }


def list_dots(material: Material, words: Words) -> dict[str, list[dict[str, Any]]]:
    """Polls of each question, with all that a reader sees of them, in a language."""
    dots = {}
    for construct in list_questions(material):
        obs = material.fitted.obs(construct)
        wordings = material.tables["questions"].set_index("question_id")["wording_en"]
        dots[construct] = [
            {
                "id": row["poll_id"],
                "date": f"{row['mid_date']:%Y-%m-%d}",
                "house": row["house_id"],
                "sector": row["sector"],
                "pollster": name_pollster(material, words, row["house_id"]),
                "days": words.span(
                    row["start_date"], row["end_date"], printed=not row["date_imputed"]
                ),
                "n": words.number(row["sample_size"]),
                "mode": show_mode(words, row["mode"]),
                "wording": wordings[row["question_id"]],
                "all": row["for_pct"],
                "holders": _share_of_holders(row),
                "url": row["source_url"],
            }
            for row in list_rows(obs)
        ]
    return dots


def _fit(material: Material, measure: str) -> FittedPolls:
    """The published model of the polls, or of their shares among those with an opinion."""
    if measure == "all":
        return material.fitted

    def series(construct: str, **options: Any) -> pd.DataFrame:
        return take_opinion_holders(material.fitted.obs(construct, **options))

    return material.fitted.keep("web.holders", lambda: FittedPolls(material.fitted.tables, series))


def _list_references(fitted: FittedPolls, construct: str) -> dict[str, Any]:
    obs, results = fitted.obs(construct), fitted.results(construct)
    first, last = obs["mid_date"].min(), obs["mid_date"].max()
    dates = list(pd.date_range(first, last, freq=STEP).union([last]))
    panel = fitted.panel(construct)
    references = {"panel": f"houses:{','.join(panel)}", "houses": "houses"}
    for column, prefix in (("sector", "sector:"), ("house_id", "")):
        counts = obs[column].value_counts()
        for name in counts.index[counts >= FEWEST_OF_REFERENCE]:
            references[f"{prefix}{name}"] = f"{prefix}{name}"
    lines = {}
    for name, reference in references.items():
        level = results.trend(reference=reference, dates=dates)
        wide = results.trend(reference=reference, dates=dates, include_common_error=True)
        numbers = {"mean": level["mean"], "lower": level["lower"], "upper": level["upper"]}
        numbers |= {"low": wide["lower"], "high": wide["upper"]}
        lines[name] = {
            key: column.clip(0, 100).round(DIGITS).to_list() for key, column in numbers.items()
        }
    return {"dates": [f"{day:%Y-%m-%d}" for day in dates], "panel": panel, "lines": lines}


def _share_of_holders(row: dict[str, Any]) -> float | None:
    agree, oppose = row["for_pct"], row["against_pct"]
    if oppose is None or agree + oppose == 0:
        return None
    return float(round(100 * agree / (agree + oppose), DIGITS))


def _write_script(path: Path, name: str, value: object) -> None:
    """Write data as a script: a page that is opened from disk may fetch no other file."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    path.write_text(f"window.{name}={text};\n", encoding="utf-8", newline="\n")
