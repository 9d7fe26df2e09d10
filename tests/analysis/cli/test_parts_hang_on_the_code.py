"""Parts of a long run count for the source of the models that made them, and for no other."""

import hashlib
import shutil

from analysis.cli.evaluate import parts


def test_the_stamp_is_of_all_modules_of_the_models_and_of_nothing_else(root, tmp_path, monkeypatch):
    package = tmp_path / "repository" / "analysis"
    shutil.copytree(root / "analysis", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(parts, "__file__", str(package / "cli" / "evaluate" / "parts.py"))

    def stamp():
        parts.stamp_code.cache_clear()
        return parts.stamp_code().split(" ", 1)

    first, versions = stamp()
    told = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        told.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    assert first == told.hexdigest()
    assert "numpy" in versions
    (package.parent / "beside.py").write_text("x = 1\n")
    assert stamp()[0] == first
    (package / "base" / "names.py").write_text("# changed\n")
    assert stamp()[0] != first
    parts.stamp_code.cache_clear()
