"""Tables to take away, their codebook, how to cite them, what was corrected, and R in six lines."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

import polls
from polls.tables import Table, tables
from web.kit import Page, View
from web.material import FEWEST_POLLS, Material, list_rows
from web.pictures import Picture
from web.waves import name_pollster

ROOT = Path(__file__).parents[2]
ENDINGS = ("csv", "parquet", "json")
# Hundredths of a point: the last digits of a fit depend on the machine.
DIGITS = 2
# A heading of the changelog, the part on data in it, and a line of that.
RELEASE = re.compile(r"^## (.+?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ABOUT_DATA = re.compile(r"^### Data$(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^- (.+?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)
BIBTEX = re.compile(r"^```bibtex\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def write_data(folder: Path, material: Material) -> None:
    """Write the tables in all formats, the tidy polls and the daily trends.

    Parameters
    ----------
    folder : Path
        The folder of the site.
    material : Material
    """
    for ending in ENDINGS:
        polls.export(folder / "data" / ending, ending, data=material.data)
    ready = {"series": material.asked, "trends": list_trends(material)}
    for name, frame in ready.items():
        frame.to_parquet(folder / "data" / "parquet" / f"{name}.parquet", index=False)
        path = folder / "data" / "csv" / f"{name}.csv"
        frame.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d")


def list_trends(material: Material) -> pd.DataFrame:
    """Daily level of the panel of each question: percent of all respondents.

    Returns
    -------
    DataFrame
        construct_id, date, mean, sd, lower, upper, panel (ids of its pollsters).
    """
    parts = []
    for construct in material.constructs:
        if len(material.fitted.obs(construct)) >= FEWEST_POLLS:
            trend = material.fitted.trend(construct)
            numbers = trend.columns.drop("date")
            trend = trend.assign(**{name: trend[name].round(DIGITS) for name in numbers})
            trend.insert(0, "construct_id", construct)
            parts.append(trend.assign(panel=";".join(material.fitted.panel(construct))))
    return pd.concat(parts, ignore_index=True)


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the pages on the data."""
    del pictures
    yield Page("data.html", "data", partial(_show_tables, material), room="data")
    yield Page("codebook.html", "codebook", _show_codebook, room="data")
    yield Page("r.html", "r", partial(_name, "r"), room="data")
    yield Page("cite.html", "cite", _show_citation, room="data")
    yield Page("changes.html", "changes", partial(_show_changes, material), room="data")


def _name(kind: str, view: View) -> dict[str, Any]:
    return {"title": view.t(f"{kind}.title"), "description": view.t(f"{kind}.intro")}


def _show_tables(material: Material, view: View) -> dict[str, Any]:
    rows = [
        {
            "name": name,
            "about": table.description,
            "rows": view.number(len(material.tables[name])),
        }
        for name, table in tables().items()
    ]
    return {**_name("data", view), "rows": rows, "endings": ENDINGS}


def _show_codebook(view: View) -> dict[str, Any]:
    return {**_name("codebook", view), "tables": [_describe(one) for one in tables().values()]}


def _describe(table: Table) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit or " / ".join(column.enum),
            "meaning": column.description,
        }
        for column in table.columns
    ]
    key = ", ".join(table.primary_key)
    return {"name": table.name, "description": table.description, "key": key, "columns": columns}


def _show_citation(view: View) -> dict[str, Any]:
    (bibtex,) = BIBTEX.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    fields = dict(re.findall(r"^  (\w+) += \{+(.*?)\}+,?$", bibtex, re.MULTILINE))
    plain = "{author} ({year}). {title}. Version {version}.".format(**fields)
    return {**_name("cite", view), "bibtex": bibtex, "plain": plain}


def _show_changes(material: Material, view: View) -> dict[str, Any]:
    log = read_log((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    corrections = list_corrections(material, view)
    return {**_name("changes", view), "corrections": corrections, "log": log}


def list_corrections(material: Material, view: View) -> list[dict[str, Any]]:
    """Corrections in words, newest first: whose poll, which answer, what of it, was and now."""
    table = material.tables["corrections"].sort_values("corrected", ascending=False, kind="stable")
    return [_tell_correction(material, view, row) for row in list_rows(table)]


def _tell_correction(material: Material, view: View, row: Mapping[str, Any]) -> dict[str, Any]:
    key = dict(part.split("=", 1) for part in row["key"].split("; "))
    columns = {column.name: column for column in tables()[row["table"]].columns}
    column = columns[row["column"]]
    wave = None
    if (poll := material.rows_of("polls").get(key.pop("poll_id", ""))) is not None:
        wave = {
            "house_id": poll["house_id"],
            "name": name_pollster(material, view, poll["house_id"]),
            "days": view.span(
                poll["earliest"], poll["latest"], printed=poll["date_precision"] == "day"
            ),
        }
    return {
        "wave": wave,
        "date": view.day(row["corrected"], "d MMM y"),
        "what": _name_answer(material, key),
        "column": column.description,
        "was": _show_cell(view, column.type, row["was"]),
        "now": _show_cell(view, column.type, row["now"]),
        "reason": row["reason"],
    }


def _name_answer(material: Material, key: dict[str, str]) -> list[str]:
    """What the key of a row says beside its poll: question and option in their own words."""
    rest = dict(key)
    words = []
    if (question := material.rows_of("questions").get(rest.pop("question_id", ""))) is not None:
        words.append(str(question["wording_en"]))
        options = material.tables["options"]
        option = rest.pop("option", "")
        mine = (options["question_id"] == question["question_id"]) & (options["option"] == option)
        words += options.loc[mine, "label"].to_list()
        if rest.get("subgroup") == "all":
            del rest["subgroup"]
    return words + [value.replace("_", " ") for value in rest.values()]


def _show_cell(view: View, kind: str, cell: str | None) -> str | None:
    """A cell as it was written, a day or number with the marks of the language."""
    if not cell:
        return None
    if kind == "date":
        return view.day(pd.Timestamp(cell), "d MMM y")
    if kind in ("integer", "number"):
        return view.number(float(cell), len(cell.partition(".")[2]))
    return cell


def read_log(text: str) -> list[tuple[str, list[str]]]:
    r"""What the changelog says of the data, release by release, as plain text.

    Examples
    --------
    >>> read_log("## 0.1\n\n### Data\n\n- One\n  more.\n\n### Code\n\n- Two\n")
    [('0.1', ['One more.'])]
    """
    found = []
    for release, body in RELEASE.findall(text):
        lines = [line for part in ABOUT_DATA.findall(body) for line in LINE.findall(part)]
        plain = [" ".join(line.replace("`", "").split()) for line in lines]
        if plain:
            found.append((release, plain))
    return found
