"""Freeze the polls of two parts that nuts_composition.py is run on; name the constructs."""

import sys
from pathlib import Path

import polls

INPUTS = Path(__file__).resolve().parent / "inputs"
COLUMNS = [
    "poll_id",
    "house_id",
    "sector",
    "start_date",
    "end_date",
    "sample_size",
    "for_pct",
    "against_pct",
    "decimals",
    "design_effect",
    "n_parts",
]


def main(constructs):
    """Write the columns that enter the model."""
    for construct in constructs:
        polls.series(construct)[COLUMNS].to_csv(
            INPUTS / f"composition_{construct}.csv",
            index=False,
            date_format="%Y-%m-%d",
            lineterminator="\n",
        )


if __name__ == "__main__":
    main(sys.argv[1:])
