"""A summary as users of statsmodels know it: text, HTML, LaTeX and CSV of the same tables."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable

from analysis.base.text import WIDTH, field, show_table

# What LaTeX reads as a command.
LATEX = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"} | {"\\": r"\textbackslash{}"})


@dataclass(frozen=True, eq=False)
class SummaryTable:
    """One table of a summary.

    Parameters
    ----------
    title : str
        Empty for none.
    frame : DataFrame
    digits : int
        Decimals of its numbers.
    """

    title: str
    frame: pd.DataFrame
    digits: int

    def cells(self) -> list[list[str]]:
        """Cells as text, row by row."""
        columns = [_show(self.frame[name], self.digits) for name in self.frame.columns]
        return [list(row) for row in zip(*columns, strict=True)]


class ResultsSummary(Summary):  # type: ignore[misc]  # statsmodels ships no types
    """Summary of a fit: no clock, no address, the same on every run.

    Parameters
    ----------
    title : str
    text : str
        The summary as plain text, 79 characters wide.
    fields : sequence of tuple of str
        Name and text of what describes the fit.
    tables : sequence of SummaryTable
    notes : sequence of str
        Warnings.

    Attributes
    ----------
    tables : list of SimpleTable
        The first one holds the fields; of statsmodels, as ``as_html``, ``as_latex`` and
        ``as_csv`` write them.
    extra_txt : str or None
        The notes.

    Examples
    --------
    >>> frame = pd.DataFrame({"parameter": ["sigma_h"], "mean": [4.25]})
    >>> found = ResultsSummary("PollTrend", "as text", [("Polls", "12")],
    ...                        [SummaryTable("Scales", frame, 2)])
    >>> print(found)
    as text
    >>> print(found.as_csv())
    PollTrend
    Polls,12
    <BLANKLINE>
    Scales
    parameter,mean
    sigma_h,4.25
    """

    def __init__(
        self,
        title: str,
        text: str,
        fields: Sequence[tuple[str, str]],
        tables: Sequence[SummaryTable],
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._text = text
        self._sections = [
            SummaryTable(title, pd.DataFrame(list(fields), columns=["", " "]), 0),
            *tables,
        ]
        for k, table in enumerate(self._sections):
            headers = None if k == 0 else [str(name) for name in table.frame.columns]
            self.tables.append(SimpleTable(table.cells(), headers, title=table.title or None))
        if notes:
            self.add_extra_txt(list(notes))

    def as_text(self) -> str:
        """Plain text, 79 characters wide."""
        return self._text

    def as_html(self) -> str:
        """Tables as HTML, texts escaped."""
        parts = []
        for k, table in enumerate(self._sections):
            rows = [[html.escape(cell) for cell in row] for row in table.cells()]
            headers = None if k == 0 else [html.escape(str(name)) for name in table.frame.columns]
            title = html.escape(table.title) or None
            parts.append(SimpleTable(rows, headers, title=title).as_html())
        if self.extra_txt is not None:
            parts.append(html.escape(self.extra_txt).replace("\n", "<br/>"))
        return "\n".join(parts)

    def as_latex(self) -> str:
        """Tables as LaTeX (booktabs), titles and notes above and below them."""
        parts = []
        for section, table in zip(self._sections, self.tables, strict=True):
            title = section.title.translate(LATEX)
            parts.append(f"\\noindent\\textbf{{{title}}}" if title else "")
            parts.append(table.as_latex_tabular())
        if self.extra_txt is not None:
            parts.append(self.extra_txt.translate(LATEX).replace("\n", " \\\\\n"))
        return "\n\n".join(filter(None, parts))

    def as_csv(self) -> str:
        """Tables as CSV, one below the other."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for k, table in enumerate(self._sections):
            out.write("\n" if k else "")
            if table.title:
                writer.writerow([table.title])
            if k:
                writer.writerow(table.frame.columns)
            writer.writerows(table.cells())
        return out.getvalue().rstrip("\n")


def lay_out(
    title: str,
    fields: Sequence[tuple[str, str]],
    tables: Sequence[SummaryTable],
    warnings: Sequence[str] = (),
) -> ResultsSummary:
    """Write fields and tables one below the other.

    Parameters
    ----------
    title : str
    fields : sequence of tuple of str
        Name and text.
    tables : sequence of SummaryTable
    warnings : sequence of str

    Examples
    --------
    >>> frame = pd.DataFrame({"parameter": ["sigma_h"], "mean": [4.25]})
    >>> shown = lay_out("Parts", [("Polls", "12")], [SummaryTable("Scales", frame, 2)])
    >>> [line.strip() for line in str(shown).splitlines()][2:]
    ['Polls     12', '', 'Scales', 'parameter  mean', 'sigma_h  4.25']
    """
    lines = [title.center(WIDTH).rstrip(), "=" * WIDTH, *(field(*pair) for pair in fields)]
    for table in tables:
        lines += ["", table.title, show_table(table.frame, table.digits)]
    if warnings:
        lines += ["-" * WIDTH, *(field("Warning", text) for text in warnings)]
    return ResultsSummary(title, "\n".join(lines), fields, tables, warnings)


def _show(values: pd.Series, digits: int) -> list[str]:
    """Cells of a column: numbers that are no counts with so many decimals."""
    if pd.api.types.is_float_dtype(values):
        return ["" if pd.isna(value) else f"{value:z.{digits}f}" for value in values]
    if pd.api.types.is_datetime64_any_dtype(values):
        return [f"{value:%Y-%m-%d}" for value in values]
    return [str(value) for value in values]
