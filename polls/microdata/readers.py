"""Reading survey files: .sav with pyreadstat, .xlsx with openpyxl, .xls with xlrd.

The three are imported when a file needs them: they are no dependencies of the package.
"""

import importlib
from pathlib import Path
from typing import Any

import pandas as pd

# What stands in a blank cell: nothing, an empty text, or a formula that failed.
EMPTY = (None, "", "#NULL!", "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!")
XLS_ERROR = 5  # xlrd's type of a cell with such an error; its value is a number


def read_file(path: str | Path) -> tuple[pd.DataFrame, dict[str, dict[float, str]]]:
    """Read one original file: .sav, .xlsx or .xls.

    Parameters
    ----------
    path : path-like
        The file. Of a workbook the first sheet is read; its first row holds the names.

    Returns
    -------
    frame : DataFrame
        One row per interview; empty cells are missing.
    labels : dict of str to dict of float to str
        Value labels by column; only .sav files have them.

    Raises
    ------
    ImportError
        The package that reads this kind of file is missing.
    ValueError
        The file is of another kind.
    """
    file = Path(path)
    if file.suffix == ".sav":
        frame, about = import_reader("pyreadstat").read_sav(file)
        return frame, about.variable_value_labels
    if file.suffix == ".xlsx":
        book = import_reader("openpyxl").load_workbook(file, read_only=True, data_only=True)
        try:
            rows = book.worksheets[0].iter_rows(values_only=True)
            return _make_frame([list(row) for row in rows]), {}
        finally:
            book.close()
    if file.suffix == ".xls":
        with import_reader("xlrd").open_workbook(file) as book:
            sheet = book.sheet_by_index(0)
            rows = [[None if c.ctype == XLS_ERROR else c.value for c in row] for row in sheet]
            return _make_frame(rows), {}
    raise ValueError(f"{file.name} is no .sav, .xlsx or .xls file.")


def _make_frame(rows: list[list[Any]]) -> pd.DataFrame:
    """Frame of a sheet: names in the first row; columns without a name are left out."""
    header = {i: str(name) for i, name in enumerate(rows[0]) if name not in EMPTY}
    cells = [
        [row[i] if i < len(row) and row[i] not in EMPTY else None for i in header]
        for row in rows[1:]
    ]
    while cells and not any(cell is not None for cell in cells[-1]):
        cells.pop()  # sheets often end in blank rows that only have a format
    return pd.DataFrame(cells, columns=list(header.values()))


def import_reader(name: str, extra: str = "microdata") -> Any:
    """Import an optional package, or say how to get it.

    Parameters
    ----------
    name : str
        pooch, pyreadstat, openpyxl, xlrd or pyarrow.
    extra : str, default "microdata"
        Extra of this project that holds it.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        It is not installed; the message names the command that installs it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"The interviews cannot be read without the package {name}: pip install -e .[{extra}]"
        ) from error
