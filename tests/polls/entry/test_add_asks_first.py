"""Nothing is written without consent, and no finding to review stays without a word."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import polls

# Fieldwork that ends on a Wednesday, where this house ends on a Sunday.
WEDNESDAY = {"field_start": "2026-03-23", "field_end": "2026-03-25"}


class Terminal(io.StringIO):
    """A terminal on which somebody has typed something."""

    def isatty(self) -> bool:
        return True


@pytest.mark.long("all rules run on all tables")
def test_without_a_terminal_and_a_word_nothing_is_written(
    copy: Path, call: Callable, flat: Callable
) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("add", flat(), "--data", copy)
    assert result.returncode == 1
    assert "Nothing was written." in result.stdout
    assert "Give --yes to write." in result.stderr
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.long("all rules run on all tables")
def test_a_dry_run_only_shows(copy: Path, call: Callable, flat: Callable) -> None:
    """Even with --yes: what is new, and that no estimate changes."""
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("add", flat(), "--dry-run", "--yes", "--data", copy)
    assert result.returncode == 0
    assert "fom-2026-03-22 (new wave, 2026-03-20 to 2026-03-22, f2f, 1500" in result.stdout
    assert "no answer to a series question changes" in result.stdout
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.long("all rules run on all tables")
@pytest.mark.parametrize(("typed", "written"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_terminal_is_asked(
    typed: str,
    written: bool,
    copy: Path,
    call: Callable,
    flat: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    result = call("add", flat(), "--data", copy)
    assert result.returncode == (0 if written else 1)
    assert "Write this? [y/N]" in result.stdout
    assert ("fom-2026-03-22" in set(polls.load(copy)["polls"]["poll_id"])) == written


@pytest.mark.long("all rules run on all tables")
def test_a_finding_to_review_is_shown_and_counted(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """At the line of the file; with --yes it is written, and stays to be reviewed."""
    result = call("add", flat(**WEDNESDAY, published=""), "--yes", "--data", copy)
    assert result.returncode == 0
    start = "new.csv:2 [field_end] review weekday: a Wednesday, where this house has a Sunday."
    assert any(line.startswith(start) for line in result.stdout.splitlines())
    assert "to review. Look at the source" in result.stdout
    assert {finding.rule for finding in polls.check(copy)} >= {"weekday"}


@pytest.mark.long("all rules run on all tables")
def test_what_was_there_to_be_reviewed_is_not_told_with_a_later_wave(
    copy: Path, call: Callable, flat: Callable
) -> None:
    call("add", flat(**WEDNESDAY, published=""), "--yes", "--data", copy)
    assert "weekday" in {finding.rule for finding in polls.check(copy)}
    later = flat(field_start="2026-04-03", field_end="2026-04-05", published="2026-04-10")
    result = call("add", later, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    assert "weekday" not in result.stdout
    assert "weekday" in {finding.rule for finding in polls.check(copy)}


@pytest.mark.long("all rules run on all tables")
def test_a_reason_in_the_file_goes_to_reviewed(copy: Path, call: Callable, flat: Callable) -> None:
    """Then nothing stays to be reviewed."""
    reason = "the week of a holiday, as the release says"
    file = flat(**WEDNESDAY, published="", reviewed_reason=reason)
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    assert f"Reviewed: {reason}" in result.stdout
    assert polls.check(copy) == []
    row = polls.load(copy)["reviewed"].query("key == 'poll_id=fom-2026-03-25'").iloc[0]
    assert (row["table"], row["reason"]) == ("polls", reason)


@pytest.mark.long("all rules run on all tables")
def test_a_file_of_reasons_explains_single_findings(
    copy: Path, call: Callable, flat: Callable, tmp_path: Path
) -> None:
    reasons = tmp_path / "reasons.csv"
    shown = call("add", flat(**WEDNESDAY, published=""), "--dry-run", "--data", copy).stdout
    rules = set(re.findall(r" review (\w+):", shown))
    rows = [f"polls,poll_id=fom-2026-03-25,{rule},as printed" for rule in sorted(rules)]
    reasons.write_text("\n".join(["table,key,rule,reason", *rows, ""]), encoding="utf-8")
    file = flat(**WEDNESDAY, published="")
    assert call("add", file, "--reviewed", reasons, "--yes", "--data", copy).returncode == 0
    assert polls.check(copy) == []


def test_a_reason_for_nothing_is_refused(
    copy: Path, call: Callable, flat: Callable, tmp_path: Path
) -> None:
    """A slip in the key would silence nothing, and be an error of the tables."""
    reasons = tmp_path / "reasons.csv"
    text = "table,key,rule,reason\npolls,poll_id=fom-2026-03-22,jump,as printed\n"
    reasons.write_text(text, encoding="utf-8")
    result = call("add", flat(), "--reviewed", reasons, "--yes", "--data", copy)
    assert result.returncode == 1
    told = "there is no new jump finding at polls: poll_id=fom-2026-03-22."
    assert f"reasons.csv:2 [table+key+rule] error: {told}" in result.stderr


@pytest.mark.long("all rules run on all tables")
def test_a_reason_that_explains_nothing_any_more_goes(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """A jump at the end of a series is none when the next wave is as low."""
    days = {"field_start": "2026-03-20", "field_end": "2026-03-22"}
    low = {"rather_trust": "55"}
    trust = {"question_id": "fom.president_trust", "published": ""}
    reason = "as low as printed, after an attack"
    file = flat(low, **days, **trust, reviewed_reason=reason)
    assert call("add", file, "--yes", "--data", copy).returncode == 0
    jumps = polls.load(copy)["reviewed"].query("rule == 'jump' and reason == @reason")
    assert len(jumps) == 1
    later = {"field_start": "2026-03-27", "field_end": "2026-03-29"}
    result = call("add", flat(low, **later, **trust), "--yes", "--data", copy)
    assert "In step: reviewed.csv: no jump finding any more" in result.stdout
    assert [f for f in polls.check(copy) if f.level == "error"] == []
