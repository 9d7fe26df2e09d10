"""A figure drawn again from the same frames gives the same files, byte for byte."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy.__config__ as numpy_config
import pytest
from helpers.figures_made import draw_coverage, draw_trend, make_houses, make_polls, make_trend
from helpers.paths import TESTS

from figures import save
from figures.support.trend import trend_data

pytestmark = pytest.mark.long("figures are drawn again, some in a Python of its own")

DRAW = """
import sys
sys.path.insert(0, sys.argv[1])
from helpers.figures_made import draw_trend, make_polls
from figures import save
save(draw_trend(), sys.argv[2], make_polls(), "Alt.", "Caption.")
"""


# What a user's matplotlibrc may say, and a list of fonts that calls another font by our name.
HOSTILE_RC = """\
text.usetex: True
figure.autolayout: True
figure.constrained_layout.use: True
savefig.bbox: tight
savefig.transparent: True
savefig.dpi: 50
savefig.facecolor: red
svg.fonttype: path
pdf.fonttype: 3
pdf.compression: 0
font.family: serif
text.antialiased: False
text.hinting: force_autohint
lines.linewidth: 9
lines.antialiased: False
path.simplify: False
path.sketch: 1, 100, 2
axes.unicode_minus: False
axes.formatter.use_locale: True
axes.xmargin: 0.4
axes.titlesize: 40
xtick.direction: in
xtick.minor.visible: True
ytick.right: True
date.epoch: 0000-12-31T00:00:00
timezone: Asia/Tokyo
"""
HOSTILE = """
import locale
from matplotlib import font_manager, get_data_path
fonts = font_manager.fontManager.ttflist
strange = font_manager.FontEntry(
    get_data_path() + "/fonts/ttf/cmr10.ttf", "DejaVu Sans", "normal", "normal", 400, "normal",
    "scalable")
fonts[:] = [font for font in fonts if font.name != "DejaVu Sans"] + [strange]
for name in ("de_DE.UTF-8", "ru_RU.UTF-8", ""):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        continue
"""


def hash_files(folder: Path) -> dict[str, str]:
    """Hash of each file of a folder."""
    files = sorted(folder.iterdir())
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_drawings_in_one_process_give_the_same_files(tmp_path: Path) -> None:
    once = save(draw_coverage(), tmp_path / "a/slug", make_polls(), "Alt.", "Caption.")
    again = save(draw_coverage(), tmp_path / "b/slug", make_polls(), "Alt.", "Caption.")
    assert hash_files(once) == hash_files(again)
    assert len(hash_files(once)) == 6


@pytest.mark.quick
def test_saving_one_figure_twice_gives_the_same_files(tmp_path: Path) -> None:
    fig, formats = draw_trend(), ["svg", "png"]
    once = hash_files(save(fig, tmp_path / "slug", make_polls(), "A.", "C.", formats=formats))
    again = hash_files(save(fig, tmp_path / "slug", make_polls(), "A.", "C.", formats=formats))
    assert once == again


def test_another_process_with_other_settings_gives_the_same_files(
    tmp_path: Path, root: Path
) -> None:
    here = hash_files(save(draw_trend(), tmp_path / "one/slug", make_polls(), "Alt.", "Caption."))
    settings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Vladivostok", "LANG": "C", "LC_ALL": "C"}
    settings |= {"SOURCE_DATE_EPOCH": "0", "MPLBACKEND": "svg"}
    target = tmp_path / "two/slug"
    command = [sys.executable, "-c", DRAW, str(TESTS), str(target)]
    subprocess.run(command, check=True, cwd=root, env=os.environ | settings)
    assert hash_files(target) == here


def test_what_a_users_matplotlib_is_told_changes_nothing(tmp_path: Path, root: Path) -> None:
    here = hash_files(save(draw_trend(), tmp_path / "one/slug", make_polls(), "Alt.", "Caption."))
    (tmp_path / "matplotlibrc").write_text(HOSTILE_RC, encoding="utf-8")
    settings = {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "MPLBACKEND": "pgf"}
    target = tmp_path / "two/slug"
    command = [sys.executable, "-c", HOSTILE + DRAW, str(TESTS), str(target)]
    subprocess.run(command, check=True, cwd=root, env=os.environ | settings)
    assert hash_files(target) == here


def test_an_older_processor_gives_the_same_files(tmp_path: Path, root: Path) -> None:
    here = hash_files(save(draw_trend(), tmp_path / "one/slug", make_polls(), "Alt.", "Caption."))
    # What numpy was built to use beyond its baseline, and the kernels of the oldest processor.
    dispatched = numpy_config.CONFIG["SIMD Extensions"].get("found", [])
    settings = {"NPY_DISABLE_CPU_FEATURES": " ".join(dispatched), "OPENBLAS_CORETYPE": "Prescott"}
    target = tmp_path / "two/slug"
    command = [sys.executable, "-c", DRAW, str(TESTS), str(target)]
    subprocess.run(command, check=True, cwd=root, env=os.environ | settings)
    assert hash_files(target) == here


@pytest.mark.quick
def test_the_last_digits_of_a_fit_change_nothing(tmp_path: Path) -> None:
    trend = make_trend()
    trend[["mean", "lower", "upper"]] = trend[["mean", "lower", "upper"]].round(2)
    noisy = trend.assign(mean=trend["mean"] + 1e-9, lower=trend["lower"] - 1e-9)
    hashes = []
    for i, drawn in enumerate((trend, noisy)):
        data = trend_data(make_polls(), drawn, make_houses())
        folder = tmp_path / str(i) / "slug"
        save(draw_trend(trend=drawn), folder, data, "A.", "C.", formats=["svg"])
        hashes.append(hash_files(folder))
    assert hashes[0] == hashes[1]


def test_a_changed_poll_changes_the_pictures(tmp_path: Path) -> None:
    polls = make_polls()
    polls.loc[40, "share_pct"] += 5
    formats = ["svg", "png"]
    once = save(draw_trend(), tmp_path / "a/slug", make_polls(), "A.", "C.", formats=formats)
    other = save(draw_trend(obs=polls), tmp_path / "b/slug", polls, "A.", "C.", formats=formats)
    before, after = hash_files(once), hash_files(other)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"figure.svg", "figure.png", "data.csv"}
