"""A figure's folder is replaced as a whole or not at all."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from helpers.figures_made import draw_trend, make_polls
from matplotlib.figure import Figure
from PIL import Image

from figures import Rendering, new_figure, save
from figures.kit.edition import Edition
from figures.kit.save import save_renderings


def read_tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make writing of one kind of picture fail."""

    def arrange(ending: str) -> None:
        for writer, name in ((Figure, "savefig"), (Image.Image, "save")):
            monkeypatch.setattr(writer, name, refuse(getattr(writer, name), ending))

    def refuse(write: Callable[..., None], ending: str) -> Callable[..., None]:
        def write_half(self: object, file: Path | BytesIO, **kwargs: Any) -> None:
            if isinstance(file, Path) and file.suffix == ending:
                file.write_bytes(b"half of a pict")
                raise OSError(28, "No space left on device", str(file))
            write(self, file, **kwargs)

        return write_half

    return arrange


@pytest.mark.long("a picture is drawn and saved in each format", quick=1)
@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_a_failure_leaves_nothing_where_nothing_was(
    tmp_path: Path, fail_at: Any, ending: str
) -> None:
    fig = draw_trend()
    fail_at(ending)
    with pytest.raises(OSError, match="No space left"):
        save(fig, tmp_path / "slug", make_polls(), "Alt.", "Caption.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long("a picture is drawn and saved in each format")
def test_a_failure_leaves_an_older_figure_as_it_was(tmp_path: Path, fail_at: Any) -> None:
    save(draw_trend(), tmp_path / "slug", make_polls(), "Old.", "Caption.", formats=["svg"])
    before = read_tree(tmp_path)
    fig = draw_trend(obs=make_polls(end=70))
    fail_at(".pdf")
    with pytest.raises(OSError, match="No space left"):
        save(fig, tmp_path / "slug", make_polls(), "New.", "Caption.")
    assert read_tree(tmp_path) == before


@pytest.mark.long("a picture is drawn and saved in each format")
def test_a_failure_of_the_last_step_puts_the_older_figure_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(draw_trend(), tmp_path / "slug", make_polls(), "Old.", "Caption.", formats=["svg"])
    before = read_tree(tmp_path)
    rename = Path.rename

    def fail_on_new(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError(5, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_on_new)
    with pytest.raises(OSError, match="Input/output"):
        save(draw_trend(), tmp_path / "slug", make_polls(), "New.", "C.", formats=["svg"])
    assert read_tree(tmp_path) == before


@pytest.mark.long("a picture is drawn and saved in each format")
def test_a_new_figure_replaces_all_files_of_the_older_one(tmp_path: Path) -> None:
    save(draw_trend(), tmp_path / "slug", make_polls(), "Old.", "Caption.", formats=["svg"])
    out = save(draw_trend(), tmp_path / "slug", make_polls(), "New.", "Caption.", formats=["png"])
    assert not (out / "figure.svg").exists()
    assert (out / "alt.txt").read_text(encoding="utf-8") == "New.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["slug"]


@pytest.mark.long("a picture is drawn and saved in each format")
def test_one_bad_rendering_stops_all_of_them(tmp_path: Path) -> None:
    good = Rendering(draw_trend(), "Alt.", "Caption.")
    bad = Rendering(draw_trend(), "", "Caption.", edition=Edition(size="wide"))
    with pytest.raises(ValueError, match="alt text has 0 words"):
        save_renderings([good, bad], tmp_path / "slug", make_polls())
    assert list(tmp_path.iterdir()) == []


def test_a_figure_without_a_title_is_refused(tmp_path: Path) -> None:
    fig, _ = new_figure()
    with pytest.raises(ValueError, match="no title: finish it first"):
        save(fig, tmp_path / "slug", make_polls(), "Alt.", "Caption.")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no format gif\. There are: svg, png, pdf"):
        save(draw_trend(), tmp_path / "slug", make_polls(), "A.", "C.", formats=["gif"])


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "slug").write_text("mine", encoding="utf-8")
    with pytest.raises(NotADirectoryError):
        save(draw_trend(), tmp_path / "slug", make_polls(), "Alt.", "Caption.")
    assert read_tree(tmp_path) == {"slug": b"mine"}
