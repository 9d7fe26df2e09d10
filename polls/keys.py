"""How a row is named in words: its key columns with their values."""

import pandas as pd

from polls.schema import Table


def row_keys(table: Table, frame: pd.DataFrame) -> pd.Series:
    """Each row as reviewed.csv and corrections.csv name it, "column=value; column=value".

    Parameters
    ----------
    table : Table
        What datapackage.json says of the table. Without a primary key, the
        required columns that are not numbers name a row.
    frame : DataFrame
        Rows of that table.

    Returns
    -------
    Series of str
        Same index as `frame`.
    """
    names = table.primary_key or tuple(
        column.name for column in table.columns if column.required and column.type != "number"
    )
    parts = [name + "=" + frame[name].map(say) for name in names]
    keys = parts[0]
    for part in parts[1:]:
        keys = keys + "; " + part
    return keys.astype("str")


def say(value: object) -> str:
    """Write a cell as it stands in the file; nothing for a missing one."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
