"""How many slips in a file of a user the models warn of, or refuse.

The polls of the support series, as a user would keep them, are the file; a slip is planted in one
cell, and `python -m analysis trend --input FILE` reads it. Kinds of slip are drawn evenly, then a
cell. A slip counts as told when the run ends with an error, or with a line of warning that the
file without the slip does not bring.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from slips import misspell, run_alone, shift_year, swap_day_and_month, swap_digits

import polls
from analysis.__main__ import main as analyse

TITLE = "Slips in a user's file that the models warn of"
SLIPS = 400
SEED = 20220224
COLUMNS = ["house_id", "sector", "start_date", "end_date", "sample_size", "share_pct"]
DAYS = ["start_date", "end_date"]
SIZE, SHARE = ["sample_size"], ["share_pct"]

Rows = dict[str, list[dict[str, str]]]
Change = Callable[[Rows, str, tuple[int, str], np.random.Generator], str]


def _write(change: Callable[[str], str]) -> Change:
    return lambda rows, table, cell, _: change(rows[table][cell[0]][cell[1]])


def _take_other(rows: Rows, table: str, cell: tuple[int, str], rng: np.random.Generator) -> str:
    now = rows[table][cell[0]][cell[1]]
    return str(rng.choice(sorted({row[cell[1]] for row in rows[table]} - {now})))


def _slip_point(text: str) -> str:
    return f"{float(text) / 10:g}"


KINDS: dict[str, tuple[list[str], Change]] = {
    "two digits swapped": ([*DAYS, *SIZE, *SHARE], swap_digits),
    "day and month swapped": (DAYS, swap_day_and_month),
    "year off by one": (DAYS, shift_year),
    "house misspelt": (["house_id"], misspell),
    "house of another row": (["house_id"], _take_other),
    "sector of another row": (["sector"], _take_other),
    "point slipped": (SHARE, _write(_slip_point)),
    "share doubled": (SHARE, _write(lambda text: f"{2 * float(text):g}")),
    "share lost": (SHARE, _write(lambda text: "")),
    "size without its last digit": (SIZE, _write(lambda text: text[:-1])),
    "size in thousands": (SIZE, _write(lambda text: f"{float(text) / 1000:g}")),
    "percent sign": (SHARE, _write(lambda text: f"{text}%")),
    "decimal comma": (SHARE, _write(lambda text: f'"{float(text):.1f}"'.replace(".", ","))),
}


def read_polls() -> list[dict[str, str]]:
    """Polls of the support series as a user would type them."""
    obs = polls.series("support")[COLUMNS]
    text = obs.assign(**{day: obs[day].dt.strftime("%Y-%m-%d") for day in DAYS}).to_csv(index=False)
    return pd.read_csv(io.StringIO(text), dtype=str).to_dict("records")


def tell(rows: list[dict[str, str]], file: Path) -> tuple[int | str | None, set[str]]:
    """Exit code, and what stands on stderr, line by line."""
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = analyse(["trend", "--input", str(file), "--method", "map"])
    return code, set(err.getvalue().splitlines())


def run(n: int, seed: int) -> pd.DataFrame:
    """Plant `n` slips one at a time.

    Parameters
    ----------
    n : int
        Number of slips.
    seed : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        kind, column, was, now, told; one row per slip.
    """
    rng = np.random.default_rng(seed)
    rows = read_polls()
    results = []
    with tempfile.TemporaryDirectory(prefix="polls-bench-") as folder:
        file = Path(folder, "polls.csv")
        _, before = tell(rows, file)
        for number in range(n):
            kind = list(KINDS)[number % len(KINDS)]
            columns, change = KINDS[kind]
            was = now = ""
            while now == was:
                place, column = int(rng.integers(len(rows))), str(rng.choice(columns))
                was = rows[place][column]
                with contextlib.suppress(ValueError):  # nothing to swap in this cell
                    now = _spoil(change, rows, (place, column), rng)
            spoilt = [*rows]
            spoilt[place] = rows[place] | {column: now}
            code, said = tell(spoilt, file)
            results.append((kind, column, was, now, code != 0 or bool(said - before)))
    return pd.DataFrame(results, columns=["kind", "column", "was", "now", "told"])


def _spoil(
    change: Change,
    rows: list[dict[str, str]],
    cell: tuple[int, str],
    rng: np.random.Generator,
) -> str:
    """The cell with a slip; as it was where this kind can change nothing there."""
    text = rows[cell[0]][cell[1]]
    if change is swap_day_and_month and (int(text[8:]) > 12 or text[8:] == text[5:7]):
        return text
    # The types by which slips.py knows a day are those of a table of ours.
    table = "polls" if cell[1] not in DAYS else "participation"
    renamed = {"start_date": "field_start", "end_date": "field_end", "share_pct": "sample_size"}
    column = renamed.get(cell[1], cell[1])
    return change(
        {table: [row | {column: row[cell[1]]} for row in rows]}, table, (cell[0], column), rng
    )


def summarise(results: pd.DataFrame) -> str:
    """Tables in Markdown: by kind, and what is not told."""
    told = results["told"]
    lines = [f"Of {len(results)} slips {told.sum()} are told ({told.mean():.1%}).", ""]
    lines += ["| kind | slips | told |", "|---|---:|---:|"]
    for kind, group in results.groupby("kind"):
        lines.append(f"| {kind} | {len(group)} | {group['told'].mean():.0%} |")
    return "\n".join(lines)


def report() -> str:
    """What 400 slips come to, in Markdown."""
    return f"{SLIPS} slips in single cells, seed {SEED}.\n\n{summarise(run(SLIPS, SEED))}"


if __name__ == "__main__":
    sys.exit(run_alone(__doc__, run, summarise, SLIPS, SEED))
