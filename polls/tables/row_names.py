"""How a row is named in words: its key columns with their values."""

import pandas as pd

from polls.tables.schema import Table

# What names a row in tables whose key has columns that can be empty, which a
# primary key of datapackage.json may not have.
NATURAL_KEYS = {
    "overlaps": ("poll_id", "other_poll_id", "construct_id"),
    "participation": ("study", "measure", "definition"),
    "indirect": ("study", "technique", "item"),
    "population": ("frame", "sex", "age_group", "settlement", "federal_district", "education"),
    "microdata_codebook": ("wave", "source_file", "source_column", "harmonised_column"),
    "corrections": ("table", "key", "column", "corrected"),
}


def key_columns(table: Table) -> tuple[str, ...]:
    """Columns that name a row of a table."""
    return table.primary_key or NATURAL_KEYS[table.name]


def row_keys(table: Table, frame: pd.DataFrame) -> pd.Series:
    """Each row as reviewed.csv and corrections.csv name it, "column=value; column=value".

    Parameters
    ----------
    table : Table
        What datapackage.json says of the table. Without a primary key, its
        natural key names a row.
    frame : DataFrame
        Rows of that table.

    Returns
    -------
    Series of str
        Same index as `frame`.
    """
    names = key_columns(table)
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
