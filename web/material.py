"""What the pages tell of: tables, polls, models fitted once, and what is found in them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

import polls
from analysis.findings import findings
from figures import FittedPolls

# All that a series leaves out by default: the table of polls shows it, with the reason.
EVERYTHING = ("questions", "context", "exclude", "opinion_holders", "overlap")
# Findings that the pages tell.
TOPICS = ("support", "questions")
# Fewer polls make no line worth showing.
FEWEST_POLLS = 5


def fit_polls(data: Path | None = None) -> FittedPolls:
    """Fetch tables and polls; `data` is their folder, that of the package by default."""

    def series(construct: str, **options: Any) -> pd.DataFrame:
        return polls.series(construct, data=data, **options)

    return FittedPolls({**polls.load(data), "arms": polls.experiments(data=data)}, series)


@dataclass(frozen=True)
class Material:
    """Tables, polls and findings of one version of the tables.

    Parameters
    ----------
    data : Path, optional
        Folder with the tables; those of the package by default.
    """

    data: Path | None = None

    @cached_property
    def fitted(self) -> FittedPolls:
        """Tables and polls, and the models fitted to them."""
        return fit_polls(self.data)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by name, as from ``polls.load()``."""
        return dict(self.fitted.tables)

    @cached_property
    def version(self) -> str:
        """Version of the tables, as figures print it."""
        return str(polls.version(self.data))

    @cached_property
    def findings(self) -> dict[str, dict[str, Any]]:
        """Findings by name, as from :func:`analysis.findings.findings`."""
        return rows_by(findings(self.fitted, TOPICS), "finding")

    def rows_of(self, table: str) -> dict[str, dict[str, Any]]:
        """Rows of a table by the id that stands first in it."""
        frame = self.tables[table]
        key = str(frame.columns[0])
        return self.fitted.keep(("web.rows", table), lambda: rows_by(frame, key))

    @cached_property
    def houses(self) -> dict[str, dict[str, Any]]:
        """Pollsters by house_id, in the order of the table."""
        return self.rows_of("houses")

    @cached_property
    def constructs(self) -> list[str]:
        """Constructs with polls that enter an estimate, most polls first."""
        questions = self.tables["questions"]
        in_series = set(questions.loc[questions["in_series"].astype(bool), "construct_id"])
        ids = [name for name in self.tables["constructs"]["construct_id"] if name in in_series]
        counts = {name: len(self.fitted.obs(name)) for name in ids}
        return sorted((name for name in ids if counts[name]), key=lambda name: -counts[name])

    @cached_property
    def asked(self) -> pd.DataFrame:
        """Every poll of these constructs, also those that enter no estimate, newest first.

        Columns of ``polls.series``, and construct_id, reason (empty where it enters).
        """
        parts = []
        for name in self.constructs:
            every = polls.series(name, data=self.data, include=EVERYTHING)
            out = polls.left_out(name, data=self.data)
            parts.append(
                every.merge(out, on=["poll_id", "question_id"], how="left").assign(
                    construct_id=name
                )
            )
        found = pd.concat(parts, ignore_index=True)
        return found.sort_values(
            ["mid_date", "house_id", "poll_id", "construct_id"],
            ascending=[False, True, True, True],
            ignore_index=True,
        )

    @cached_property
    def used(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Polls that enter an estimate, oldest first, by house_id and construct_id."""
        used = self.asked[self.asked["reason"].isna()].sort_values("mid_date", kind="stable")
        keys = ["house_id", "construct_id"]
        return {(str(house), str(name)): rows for (house, name), rows in used.groupby(keys)}

    @cached_property
    def limits(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day of all drawings over time."""
        used = self.asked[self.asked["reason"].isna()]
        return used["start_date"].min(), used["end_date"].max()

    def leans(self, construct: str) -> pd.DataFrame:
        """House effects of a construct, from the mean of all its pollsters."""
        return self.fitted.keep(
            ("web.leans", construct),
            lambda: self.fitted.results(construct).house_effects("houses"),
        )

    def dates(self, construct: str) -> list[pd.Timestamp]:
        """Days on which a line is drawn: every week of the polls, and the last day."""
        days = self.fitted.obs(construct)["mid_date"]
        weeks = pd.date_range(days.min(), days.max(), freq="7D")
        return list(weeks.union([days.max()]))

    @cached_property
    def publishers(self) -> dict[str, str]:
        """Publisher by address."""
        named = self.tables["sources"].dropna(subset=["publisher"])
        return dict(zip(named["url"], named["publisher"], strict=True))


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as mappings, missing cells as None.

    Examples
    --------
    >>> list_rows(pd.DataFrame({"name": ["a"], "n": [float("nan")]}))
    [{'name': 'a', 'n': None}]
    """
    names = [str(name) for name in frame.columns]
    columns = [
        [None if missing else cell for cell, missing in zip(column, column.isna(), strict=True)]
        for _, column in frame.items()
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def rows_by(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows of a table by a column that names them.

    Examples
    --------
    >>> rows_by(pd.DataFrame({"name": ["a"], "n": [1]}), "name")["a"]["n"]
    1
    """
    return {str(row[key]): row for row in list_rows(frame)}
