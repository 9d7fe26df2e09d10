"""The tables as files: what datapackage.json says of them, reading, showing, exporting.

The floor of the package; it imports none of the other folders.

schema
    Tables, columns and keys as datapackage.json describes them.
files
    The bytes of the tables, all old or all new while several of them change.
formats
    What kind of file somebody gave in place of a CSV.
parse
    From the bytes of a file to typed columns, with a finding for each fault.
finding
    What a rule found: table, line, column, and the cure.
row_names
    How a row is named in words, as reviewed.csv and corrections.csv do.

The functions load, show, codebook, export, release and version stand in modules of their own.
"""

from polls.tables._codebook import codebook
from polls.tables._ending import run_to_end
from polls.tables._export import WRITERS, export
from polls.tables._load import find_data, load, read_table
from polls.tables._release import release
from polls.tables._show import show
from polls.tables._version import version
from polls.tables.files import read_file, read_settled
from polls.tables.finding import Finding, cell, find
from polls.tables.parse import DataError, check_form, parse_table
from polls.tables.row_names import key_columns, row_keys, say
from polls.tables.schema import DATA, PACKAGE, Column, ForeignKey, Table, tables, tables_of

__all__ = [
    "DATA",
    "PACKAGE",
    "WRITERS",
    "Column",
    "DataError",
    "Finding",
    "ForeignKey",
    "Table",
    "cell",
    "check_form",
    "codebook",
    "export",
    "find",
    "find_data",
    "key_columns",
    "load",
    "parse_table",
    "read_file",
    "read_settled",
    "read_table",
    "release",
    "row_keys",
    "run_to_end",
    "say",
    "show",
    "tables",
    "tables_of",
    "version",
]
