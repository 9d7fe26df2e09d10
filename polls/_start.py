"""While a command loads its modules: Ctrl-C ends it in one line, and a foreign module is named.

Every package has this file, to the byte, as none may load another before it.
"""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.machinery import PathFinder
from pathlib import Path
from types import TracebackType

HERE = Path(__file__).resolve().parents[1]


def is_command(program: str) -> bool:
    """Is this process the command of a package, by either of its names.

    Parameters
    ----------
    program : str
        Such as polls, for ``python -m polls`` and ``war-polls``.
    """
    return sys.argv[:1] == ["-m"] or Path(*sys.argv[:1]).stem == f"war-{program}"


def begin(program: str) -> None:
    """Get ready for the trouble of a command that loads its modules.

    Parameters
    ----------
    program : str
        Begins what is said.

    Raises
    ------
    SystemExit
        When SOURCE_DATE_EPOCH is no day: numpy and matplotlib would stop at it.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "0")
    try:
        datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        words = f"SOURCE_DATE_EPOCH is {seconds!r}, which is no number of seconds since 1970"
        print(f"{program}: {words}; unset it, or give such a number", file=sys.stderr)
        sys.exit(2)
    if sys.excepthook is sys.__excepthook__:

        def tell(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            found = find_in_the_way(trace, error)
            if found is None:
                sys.__excepthook__(kind, error, trace)
                return
            words = f"{found[1]} is in the way of the module {found[0]} that is installed"
            print(f"{program}: {words}; rename it, or work in another folder", file=sys.stderr)

        sys.excepthook = tell
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # There is nothing to clear away yet; `run_to_end` takes the usual handler back.
        said = f"{program}: stopped by Ctrl-C\n".encode()
        signal.signal(signal.SIGINT, lambda *_: os._exit(os.write(2, said) and 130))


def find_in_the_way(
    trace: TracebackType | None, error: BaseException | None = None
) -> tuple[str, Path] | None:
    """Name of a module, and the file that was loaded in its stead.

    Python looks into the working folder before it looks where packages are installed: a file
    numpy.py there is loaded as numpy, by everybody.

    Parameters
    ----------
    trace : TracebackType or None
        Of what went wrong. A module that failed while it was loaded is known from there only.
    error : BaseException, optional
        What went wrong. A module that is no Python is known from there only.

    Returns
    -------
    tuple of (str, Path) or None
        None where no module was loaded from beside those that are installed.
    """
    for path in map(Path, _list_files(trace, error)):
        is_package = path.stem == "__init__"
        folder = path.parents[1] if is_package else path.parent
        # What is installed may be there twice; our own packages lie beside this one.
        if str(folder) not in sys.path or any(folder.glob("*.dist-info")):
            continue
        if is_package and folder.resolve() == HERE:
            continue
        name = path.parent.name if is_package else path.stem
        later = PathFinder.find_spec(name, sys.path[sys.path.index(str(folder)) + 1 :])
        if later and later.origin and Path(later.origin).resolve() != path.resolve():
            return name, path
    return None


def _list_files(trace: TracebackType | None, error: BaseException | None) -> Iterator[str]:
    """Files of the modules that are loaded, and of those that failed."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and "." not in name:
            yield file
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        yield error.filename
