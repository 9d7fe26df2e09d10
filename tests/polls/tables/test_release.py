"""An archive of a version is the same for ever, and only that version is taken for it."""

import functools
import hashlib
import http.server
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import TESTS

import polls
from polls.__main__ import main
from polls.tables import DATA, PACKAGE, find_data, tables


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of today as an archive."""
    return polls.release(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    """A place in the net of this machine that gives the archive."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(archive.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{archive.name}"
        server.shutdown()


def repack(archive: Path, out: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Archive with other contents, and the checksums of the old ones."""
    with zipfile.ZipFile(archive) as file:
        contents = {name: file.read(name) for name in file.namelist()}
    change(contents)
    with zipfile.ZipFile(out, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return out


def sum_up(contents: dict[str, bytes]) -> bytes:
    """Checksums as `sha256sum` writes them."""
    lines = (f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in contents.items())
    return "".join(lines).encode()


def test_it_is_named_by_its_version_and_gives_the_tables_back(archive: Path) -> None:
    now = polls.version()
    assert archive.name == f"polls-{now.date}-{now.digest[:10]}.zip"
    for version in (str(now), now.digest, now.digest[:8]):
        frames = polls.load(archive, version=version)
        for name, frame in polls.load().items():
            pd.testing.assert_frame_equal(frames[name], frame)
    assert polls.version(archive) == now


def test_the_same_tables_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    assert polls.release(tmp_path).read_bytes() == archive.read_bytes()


def test_other_programs_can_read_and_check_it(archive: Path) -> None:
    """Tables, what describes them and the checksum of each, in the order of sha256sum."""
    with zipfile.ZipFile(archive) as file:
        contents = {name: file.read(name) for name in file.namelist()}
    sums = contents.pop("SHA256SUMS")
    assert contents.keys() == {"datapackage.json", *(f"data/{name}.csv" for name in tables())}
    assert sums == sum_up(contents)
    assert contents["datapackage.json"] == PACKAGE.read_bytes()
    answers = pd.read_csv(io.BytesIO(contents["data/answers.csv"]))
    assert len(answers) == len(polls.load()["answers"])


@pytest.mark.long("all tables are packed and read again")
def test_whatever_takes_tables_takes_an_archive(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pd.testing.assert_frame_equal(polls.series("talks", data=archive), polls.series("talks"))
    assert main(["check", "--data", str(archive)]) == 0
    assert f"Version of the tables: {polls.version()}" in capsys.readouterr().out


def test_tables_stay_as_long_as_the_process(archive: Path, tmp_path: Path) -> None:
    """However many archives are read: who asked for a folder may still read it."""
    folder = find_data(archive)
    for number in range(5):
        find_data(shutil.copy(archive, tmp_path / f"{number}.zip"))
    assert (folder / "polls.csv").is_file()


def test_the_tables_of_the_package_are_held_against_a_version_too() -> None:
    now = polls.version()
    assert polls.load(version=now.digest).keys() == polls.load().keys()
    words = rf"of this package have the digest {now.digest[:10]}, not 0123456789"
    with pytest.raises(ValueError, match=words):
        polls.load(version="2022-04-18 (0123456789)")


@pytest.mark.parametrize("version", ["0.1.0", "", "0123456", "2026-06-25", "x" * 64, "a" * 65])
def test_what_is_no_version_is_told(archive: Path, version: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        polls.load(archive, version=version)


def test_an_archive_of_another_version_is_refused(archive: Path) -> None:
    with pytest.raises(ValueError, match=rf"{archive.name}: the tables have the digest"):
        polls.load(archive, version="0" * 10)


def change_a_share(contents: dict[str, bytes]) -> None:
    """Another number in a table whose checksum stays."""
    contents["data/answers.csv"] = contents["data/answers.csv"].replace(b",53,", b",54,", 1)


def lose_a_table(contents: dict[str, bytes]) -> None:
    """A table that the checksums name is not there."""
    del contents["data/events.csv"]


def lose_the_sums(contents: dict[str, bytes]) -> None:
    """No checksums at all."""
    del contents["SHA256SUMS"]


def climb_out(contents: dict[str, bytes]) -> None:
    """A file that would come to lie outside the folder that is unpacked."""
    contents["data/../../evil.csv"] = b"x"
    contents["SHA256SUMS"] += sum_up({"data/../../evil.csv": b"x"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_a_share, r"answers\.csv is not what SHA256SUMS says"),
        (lose_a_table, r"events\.csv"),
        (lose_the_sums, "SHA256SUMS"),
        (climb_out, "which is no table"),
    ],
)
def test_a_damaged_archive_is_refused(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    damaged = repack(archive, tmp_path / "damaged.zip", change)
    with pytest.raises(ValueError, match=words) as told:
        polls.load(damaged)
    assert "damaged.zip" in str(told.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.zip"]


def test_a_file_that_is_no_archive_is_told_in_one_line(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:5000])
    for path in (cut, DATA / "events.csv"):
        assert main(["check", "--data", str(path)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert str(path) in line
        assert "no whole archive" in line


@pytest.mark.long("all tables are packed and read again")
@pytest.mark.parametrize("more", [0, -1])
def test_a_table_larger_than_any_is_not_unpacked(
    more: int, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / archive.name
    other.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(other) as file:
        largest = max(info.file_size for info in file.infolist())
    monkeypatch.setattr("polls.tables._archive.LARGEST_BYTES", largest + more)
    if more == 0:
        assert len(polls.load(other)["polls"]) > 0
        return
    with pytest.raises(ValueError, match="is larger than any table"):
        polls.load(other)


@pytest.mark.long("all tables are packed and read again")
def test_the_command_names_archive_version_and_checksum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(TESTS / "data" / "excerpt")
    assert main(["release", "--data", data, "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.zip")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert capsys.readouterr().out.splitlines() == [
        str(path),
        f"Version of the tables: {polls.version(data)}",
        f"SHA-256 of the file: {digest}",
    ]


def test_an_archive_may_not_lack_its_description(archive: Path, tmp_path: Path) -> None:
    def forget(contents: dict[str, bytes]) -> None:
        lines = contents["SHA256SUMS"].decode("utf-8").splitlines(keepends=True)
        contents["SHA256SUMS"] = "".join(x for x in lines if PACKAGE.name not in x).encode("utf-8")

    other = repack(archive, tmp_path / archive.name, forget)
    with pytest.raises(ValueError, match=f"does not name {PACKAGE.name}"):
        polls.load(other)


@pytest.mark.long("all tables are packed and read again")
def test_an_older_version_has_the_columns_that_came_later(archive: Path, tmp_path: Path) -> None:
    """As the archive of a version before second readings could be those of a group."""

    def make_older(contents: dict[str, bytes]) -> None:
        package = json.loads(contents["datapackage.json"])
        fields = {resource["name"]: resource["schema"] for resource in package["resources"]}
        assert fields["confirmations"]["fields"].pop()["name"] == "subgroup"
        contents["datapackage.json"] = json.dumps(package).encode()
        table = contents["data/confirmations.csv"].splitlines()
        short = [line.rpartition(b",")[0] + b"\n" for line in table]
        contents["data/confirmations.csv"] = b"".join(short)
        del contents["SHA256SUMS"]
        contents["SHA256SUMS"] = sum_up(contents)

    older = repack(archive, tmp_path / "older.zip", make_older)
    frames = polls.load(older)
    assert (frames["confirmations"]["subgroup"] == "all").all()
    assert list(frames["confirmations"]) == tables()["confirmations"].names
    assert polls.readings(data=older)["n_readings"].sum() >= polls.readings()["n_readings"].sum()
    assert polls.version(older).digest != polls.version().digest


@pytest.mark.long("all tables are packed and read again")
def test_tables_with_errors_are_not_released(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for path in DATA.iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace("levada-2022-04-27,", "nobody-2022-04-27,", 1)
        (data / path.name).write_text(text, encoding="utf-8")
    assert main(["release", "--data", str(data), "--out", str(tmp_path / "out")]) == 1
    assert "answers.csv:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_nothing_is_entered_into_an_archive(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = archive.read_bytes()
    seen = tmp_path / "seen.csv"
    seen.write_text("poll_id,question_id,option,seen_pct,source_url\n", encoding="utf-8")
    assert main(["confirm", str(seen), "--yes", "--data", str(archive)]) == 2
    assert "only tables in a folder change" in capsys.readouterr().err
    assert archive.read_bytes() == before


@pytest.mark.long("all tables are packed and read again")
def test_an_archive_comes_from_an_address_if_its_version_is_named(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="say which version"):
        polls.load(address)
    with pytest.raises(ValueError, match="the tables have the digest"):
        polls.load(address, version="0" * 10)
    frames = polls.load(address, version=polls.version().digest)
    pd.testing.assert_frame_equal(frames["answers"], polls.load()["answers"])
    with pytest.raises(ValueError, match="cannot be fetched"):
        polls.load(f"{address}x", version="0" * 10)
    with pytest.raises(ValueError, match="fetch the archive first"):
        polls.check(address)
