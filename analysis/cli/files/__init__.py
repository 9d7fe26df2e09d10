"""Files of the command line: polls are read from CSV, tables are written all or not at all."""

from analysis.cli.files.csv_file import MARKS, read_csv_in_parts, read_polls_csv
from analysis.cli.files.destinations import find_obstacle, make_folder, write_bytes, write_tables

__all__ = [
    "MARKS",
    "find_obstacle",
    "make_folder",
    "read_csv_in_parts",
    "read_polls_csv",
    "write_bytes",
    "write_tables",
]
