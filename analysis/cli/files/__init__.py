"""Files of the command line: polls come as CSV or Parquet, tables are written all or none."""

from analysis.cli.files.csv_file import MARKS, read_csv_in_parts, read_polls_csv
from analysis.cli.files.destinations import find_obstacle, make_folder, write_bytes, write_tables
from analysis.cli.files.parquet_file import is_parquet, read_parquet_in_parts

__all__ = [
    "MARKS",
    "find_obstacle",
    "is_parquet",
    "make_folder",
    "read_csv_in_parts",
    "read_parquet_in_parts",
    "read_polls_csv",
    "write_bytes",
    "write_tables",
]
