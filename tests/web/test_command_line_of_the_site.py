"""The site is built with or without knowing where it will stand."""

from pathlib import Path
from typing import Any

import pytest

import web.__main__ as command
from web.kit.site import fresh_folder


@pytest.mark.parametrize(
    ("words", "address"),
    [([], ""), (["--address", "https://example.org/site"], "https://example.org/site/")],
    ids=["unknown", "known"],
)
def test_the_address_is_passed_on_where_it_is_known(
    words: list[str], address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def build(out: Path, **options: Any) -> Path:
        asked.append(options)
        return out

    monkeypatch.setattr(command, "build_site", build)
    assert command.main(["--out", str(tmp_path), *words]) == 0
    assert asked[0]["address"] == address


@pytest.mark.parametrize(
    "address",
    [
        "example.org",
        "ftp://example.org/",
        "https://",
        "https:///site/",
        "https://example.org/my site/",
        'https://example.org/"><b>/',
        "https://example.org/?page=1",
        "https://example.org/#top",
    ],
)
def test_what_is_no_address_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--address", address])
    assert stopped.value.code == 2
    assert f"{address!r} is no address" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/", "https://example.org/~a/p-1/", "http://[::1]:80/x/"]
)
def test_other_addresses_are_let_be(address: str) -> None:
    assert command._read_address(address) == address


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_a_number_of_processes_that_is_none_is_refused(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--jobs", number])
    assert stopped.value.code == 2
    assert f"{number!r} is no number of processes" in capsys.readouterr().err


def test_links_in_a_circle_are_told_before_any_work(tmp_path: Path) -> None:
    """The site was built for minutes, and then had no place."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"), fresh_folder(tmp_path / "loop"):
        pytest.fail("the work began")
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
