"""Whatever wave is made, its numbers come out of the tables as they went in."""

import csv
import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import polls
from polls.entry.add import Request, add
from polls.entry.flat import LAYOUT

# Two of three answers, so that they need not add up to 100.
SHARES = st.decimals(min_value=2, max_value=33, places=2, allow_nan=False)


@pytest.mark.long("all rules run on all tables, for each wave that hypothesis makes")
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shares=st.lists(SHARES, min_size=1, max_size=2),
    digits=st.integers(0, 2),
    size=st.integers(1, 5000),
)
def test_a_made_wave_comes_back(
    shares: list[Decimal],
    digits: int,
    size: int,
    two_houses: Path,
    tmp_path_factory: pytest.TempPathFactory,
    flat: Callable,
) -> None:
    """Shares, their digits and the sample size; every option of the file and no other."""
    folder = Path(shutil.copytree(two_houses, tmp_path_factory.mktemp("made") / "data"))
    texts = [f"{share:.{digits}f}" for share in shares]
    rows = dict(zip(("calm", "anxious"), texts, strict=False))
    request = Request(flat(rows, sample_size=str(size)))
    assert add(request, folder, consent=lambda question: True, say=lambda text: None)
    frames = polls.load(folder)
    mine = frames["answers"].query("poll_id == 'fom-2026-03-22'")
    back = {row.option: f"{row.share_pct:.{row.decimals}f}" for row in mine.itertuples()}
    assert back == rows
    wave = frames["polls"].set_index("poll_id").loc["fom-2026-03-22"]
    assert wave["sample_size"] == size


@pytest.mark.long("all rules run on all tables, for each wave that hypothesis makes")
def test_the_template_comes_back_filled_in(copy: Path, call: Callable, tmp_path: Path) -> None:
    """What `template` prints is what `add` takes, once the numbers are in."""
    rows = list(csv.DictReader(io.StringIO(call("template", "fom", "--data", copy).stdout)))
    assert list(rows[0]) == list(LAYOUT)
    cells = {
        "field_start": "2026-03-20",
        "field_end": "2026-03-22",
        "sample_size": "1500",
        "source_url": "https://fom.ru/made",
    }
    shares = zip(rows, ("65", "17", "18"), strict=True)
    rows = [row | cells | {"share_pct": share} for row, share in shares]
    file = tmp_path / "filled.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(LAYOUT), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    obs = polls.series("support", data=copy)
    row = obs[obs["poll_id"] == "fom-2026-03-22"].iloc[0]
    assert (row["for_pct"], row["against_pct"], row["undecided_pct"]) == (65, 17, 18)
    assert "fom-2026-03-22: 65.0, expected" in result.stdout


def test_the_template_has_further_questions_that_are_named(copy: Path, call: Callable) -> None:
    """They stand beside those of the series; one that the house does not ask is refused."""
    usual, more = (
        call("template", "fom", *further, "--data", copy).stdout
        for further in ((), ("fom.anxiety",))
    )
    added = [line for line in more.splitlines() if line not in usual.splitlines()]
    assert added
    assert all(line.startswith("fom,fom.anxiety,") for line in added)
    result = call("template", "fom", "fom.anxeity", "--data", copy)
    assert result.returncode == 2
    assert "fom has no question 'fom.anxeity': nearest: fom.anxiety" in result.stderr
