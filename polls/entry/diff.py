"""Two versions of the tables as a reader wants them: waves, values, corrections, estimates."""

import csv
import io
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polls.entry.decide import Effect, count, indent
from polls.entry.draft import Row, find_key
from polls.names import name_alike
from polls.tables import DATA, PACKAGE, find_data, read_file, tables, tables_of, version

Key = tuple[str, ...]
Tables = dict[str, dict[Key, Row]]
# Tables that are told row by row; of the others the number of rows that differ is enough.
TOLD = ("polls", "answers", "corrections")


@contextmanager
def open_version(name: str) -> Iterator[Path]:
    """Folder with a version of the tables: a folder, an archive, or a revision of git.

    Parameters
    ----------
    name : str
        Path of a folder or archive, or what git calls a revision: a tag, a branch, a commit.

    Yields
    ------
    Path

    Raises
    ------
    ValueError
        There is neither such a folder nor such a revision, or the archive is damaged.
    """
    if Path(name).exists():
        yield find_data(name)
        return
    with tempfile.TemporaryDirectory(prefix="polls-") as above:
        folder = Path(above, DATA.name)
        folder.mkdir()
        # What described the tables then; without it they are read as those of today.
        package = _show(name, f"../{PACKAGE.name}")
        if package is not None:
            (folder.parent / PACKAGE.name).write_bytes(package)
        for table in tables_of(folder).values():
            content = _show(name, f"./{table.name}.csv")
            if content is None:
                words = f"There is no folder {name}, and no revision of that name with this table"
                alike = name_alike(name, _list_versions(Path(name)))
                more = f" It is {alike}." if alike else ""
                raise ValueError(f"{words}: {table.name}.csv.{more}")
            table.path(folder).write_bytes(content)
        yield folder


def _list_versions(path: Path) -> list[str]:
    """Paths beside one that is not there, and names of revisions."""
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    folder = str(path)[: -len(path.name)]
    command = ["git", "for-each-ref", "--format=%(refname:short)"]
    try:
        names = subprocess.run(command, cwd=DATA, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        names = ""
    return ["HEAD", *names.split(), *(f"{folder}{other.name}" for other in beside)]


def _show(revision: str, path: str) -> bytes | None:
    """Content of a file in a revision, by its path from the tables; None where there is none."""
    command = ["git", "show", f"{revision}:{path}"]
    try:
        return subprocess.run(command, cwd=DATA, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def diff(old: Path, new: Path) -> str:
    """Tell how two versions of the tables differ, and what that does to the estimates.

    Parameters
    ----------
    old, new : Path
        Folders of the tables.

    Returns
    -------
    str
        Plain text.

    Raises
    ------
    DataError, OSError
        A version cannot be read.
    """
    # Asked first, as it says which file cannot be read, and where.
    lines = [f"Old: {version(old)}", f"New: {version(new)}"]
    before, after = _read(old), _read(new)
    if str(version(old)) == str(version(new)):
        return "\n".join([*lines, "The two are the same, byte by byte."])
    lines += [*_tell_waves(before, after), *_tell_answers(before, after)]
    lines += [
        f"corrected: {key[1]}, {row['column']} {row['was']} -> {row['now']}: {row['reason']}"
        for key, row in after["corrections"].items()
        if key not in before["corrections"]
    ]
    lines += list(_tell_others(before, after))
    effect = Effect(old, new, _find_constructs(before, after))
    return "\n".join([*lines, "Estimates:", indent(effect.tell())])


def _read(folder: Path) -> Tables:
    """Rows as text by key; a version may lack columns that were added later."""
    read: Tables = {}
    there = tables_of(folder)
    for name, table in tables().items():
        path = table.path(folder)
        text = io.StringIO(read_file(path).decode() if name in there else "", newline="")
        before = {column.name: column.value_before or "" for column in table.columns}
        rows = (before | row for row in csv.DictReader(text))
        key = find_key(name)
        read[name] = {}
        for row in rows:
            if key(row) in read[name]:  # one of them would hide the other
                where = " ".join(key(row))
                words = f"{path}: two rows of {where}. Keep one; `python -m polls check` names both"
                raise ValueError(f"{words}.")
            read[name][key(row)] = row
    return read


def _tell_waves(before: Tables, after: Tables) -> Iterator[str]:
    old, new = before["polls"], after["polls"]
    answers = Counter(key[0] for key in after["answers"])
    for key in (key for key in new if key not in old):
        row = new[key]
        days = f"{row['earliest']} to {row['latest']}"
        yield f"new wave {key[0]}: {days}, {count(answers[key[0]], 'answer')}"
    for key in old:
        if key not in new:
            yield f"gone wave {key[0]}"
        else:
            yield from _tell_cells(key[0], old[key], new[key])


def _tell_answers(before: Tables, after: Tables) -> Iterator[str]:
    old, new = before["answers"], after["answers"]
    waves = before["polls"].keys() & after["polls"].keys()
    more = Counter(key[0] for key in new if key not in old and (key[0],) in waves)
    for poll_id, number in more.items():
        yield f"{poll_id}: {count(number, 'further answer')}"
    for key in old:
        name = " ".join(key)
        if key in new:
            yield from _tell_cells(name, old[key], new[key])
        elif (key[0],) in waves:
            yield f"{name}: gone, was {old[key]['share_pct']}"


def _tell_cells(name: str, old: Row, new: Row) -> Iterator[str]:
    cells = [f"{c} {old[c] or 'empty'} -> {new[c] or 'empty'}" for c in new if new[c] != old[c]]
    if cells:
        yield f"{name}: {', '.join(cells)}"


def _tell_others(before: Tables, after: Tables) -> Iterator[str]:
    for name in tables():
        if name not in TOLD:
            old, new = before[name], after[name]
            plus = sum(key not in old for key in new)
            minus = sum(key not in new for key in old)
            moved = sum(key in old and old[key] != new[key] for key in new)
            if plus or minus or moved:
                yield f"{name}: {plus} new, {minus} gone, {moved} changed"


def _find_constructs(before: Tables, after: Tables) -> list[str]:
    """Constructs with a series in which an answer, its wave or its question differs."""
    touched: set[str] = set()
    for mine, other in ((before, after), (after, before)):
        waves = {key[0] for key, row in mine["polls"].items() if other["polls"].get(key) != row}
        for key, row in mine["answers"].items():
            question = mine["questions"].get((key[1],))  # None where `check` has something to say
            differs = other["answers"].get(key) != row or key[0] in waves
            if question and key[2] == "all" and question["in_series"] == "yes" and differs:
                touched.add(question["construct_id"])
    both = before["constructs"].keys() & after["constructs"].keys()
    return [key[0] for key in after["constructs"] if key in both and key[0] in touched]
