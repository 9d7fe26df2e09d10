"""A site takes the place of a site or of nothing, and goes through a link."""

from pathlib import Path

import pytest

from web.kit.site import MARK, fresh_folder


def fill(out: Path) -> None:
    with fresh_folder(out) as folder:
        (folder / MARK).parent.mkdir()
        (folder / MARK).write_text("new", encoding="utf-8")


def test_a_folder_with_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "thesis"
    mine.mkdir()
    (mine / "chapter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="holds something else than a site") as caught:
        fill(mine)
    assert caught.value.filename == str(mine)
    assert [path.name for path in tmp_path.rglob("*")] == ["thesis", "chapter.txt"]


@pytest.mark.parametrize("before", ["nothing", "empty", "site"])
def test_a_site_takes_the_place_of_a_site_or_of_nothing(tmp_path: Path, before: str) -> None:
    out = tmp_path / "site"
    if before != "nothing":
        out.mkdir()
    if before == "site":
        (out / MARK).parent.mkdir()
        (out / MARK).write_text("old", encoding="utf-8")
        (out / "old.html").write_text("old", encoding="utf-8")
    fill(out)
    assert (out / MARK).read_text(encoding="utf-8") == "new"
    assert not (out / "old.html").exists()
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    fill(link)
    assert link.is_symlink()
    assert (real / MARK).is_file()
