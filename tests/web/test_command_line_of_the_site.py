"""The site is built with or without knowing where it will stand."""

from pathlib import Path
from typing import Any

import pytest

import web.__main__ as command


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


def test_what_is_no_address_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--address", "example.org"])
    assert stopped.value.code == 2
    assert "'example.org' is no address" in capsys.readouterr().err
