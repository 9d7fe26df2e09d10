"""The codebook: every table and column in words, made from datapackage.json."""

from polls.tables.schema import Column, Table, tables


def codebook(table: str | None = None) -> str:
    """Describe one table, or all, as Markdown.

    Parameters
    ----------
    table : str, optional
        Name of a table; all by default.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        There is no such table.

    Examples
    --------
    >>> print(codebook("events").splitlines()[0])
    ### events
    """
    known = tables()
    if table is not None and table not in known:
        raise ValueError(f"There is no table {table!r}. There are: {', '.join(known)}.")
    chosen = known.values() if table is None else [known[table]]
    return "\n".join(_describe_table(one) for one in chosen)


def _describe_table(table: Table) -> str:
    lines = [f"### {table.name}", "", table.description, ""]
    if table.primary_key:
        lines += [f"Key: {', '.join(table.primary_key)}.", ""]
    for key in table.foreign_keys:
        target = f"{key.table}.{'+'.join(key.reference)}"
        lines += [f"{'+'.join(key.columns)} stands in {target}."]
    if table.foreign_keys:
        lines += [""]
    lines += ["| column | type | unit or values | meaning |", "|---|---|---|---|"]
    lines += [_describe_column(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _describe_column(column: Column) -> str:
    kind = column.type + (", never empty" if column.required else "")
    values = column.unit or " / ".join(column.enum) or ("yes / no" if kind[:4] == "bool" else "")
    return f"| {column.name} | {kind} | {values} | {column.description} |"
