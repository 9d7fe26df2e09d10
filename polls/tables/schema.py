"""The tables as datapackage.json describes them: the one source of names, types, units and keys."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1] / "datapackage.json"
PACKAGE_NAME = "russian-war-polls"
DATA = PACKAGE.with_name("data")


@dataclass(frozen=True)
class Column:
    """A column: its name, Frictionless type, meaning and constraints.

    `value_before` is what every row of an older version, which lacks the column, would have.
    """

    name: str
    type: str
    description: str
    unit: str | None = None
    required: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    value_before: str | None = None


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values have to stand in other columns of another table."""

    columns: tuple[str, ...]
    table: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns and its keys."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def names(self) -> list[str]:
        """Column names in the order of the file."""
        return [column.name for column in self.columns]

    def path(self, data: Path) -> Path:
        """File of this table in the folder `data`."""
        return data / f"{self.name}.csv"


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order of datapackage.json.

    Returns
    -------
    dict of str to Table

    Examples
    --------
    >>> tables()["events"].primary_key
    ('event_id',)
    """
    return _read_package(json.loads(PACKAGE.read_text(encoding="utf-8")))


def tables_of(folder: Path) -> dict[str, Table]:
    """Tables of a folder, as the datapackage.json above it describes them, if it is of ours.

    An older version of the tables, which may lack columns, comes with its own.
    """
    try:
        package = json.loads((folder.parent / PACKAGE.name).read_text(encoding="utf-8"))
        return _read_package(package) if package["name"] == PACKAGE_NAME else tables()
    except (OSError, ValueError, KeyError, TypeError):
        return tables()


def _read_package(package: dict[str, Any]) -> dict[str, Table]:
    return {resource["name"]: _table(resource) for resource in package["resources"]}


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        title=resource["title"],
        description=resource["description"],
        columns=tuple(_column(field) for field in schema["fields"]),
        primary_key=_names(schema.get("primaryKey", [])),
        foreign_keys=tuple(
            ForeignKey(
                _names(key["fields"]),
                key["reference"]["resource"],
                _names(key["reference"]["fields"]),
            )
            for key in schema.get("foreignKeys", [])
        ),
    )


def _column(field: dict[str, Any]) -> Column:
    limits = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field["type"],
        description=field["description"],
        unit=field.get("unit"),
        required=limits.get("required", False),
        enum=tuple(limits.get("enum", ())),
        pattern=limits.get("pattern"),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        value_before=field.get("valueBefore"),
    )


def _names(fields: str | list[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)
