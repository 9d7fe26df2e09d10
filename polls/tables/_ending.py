"""How a command line ends when its output is cut short."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def _replace_closed() -> Iterator[None]:
    """Let outputs that are closed from the start go nowhere: print would take the other one."""
    with contextlib.ExitStack() as stack:
        for output, redirect in (
            (sys.stdout, contextlib.redirect_stdout),
            (sys.stderr, contextlib.redirect_stderr),
        ):
            if output is None:
                nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
                stack.enter_context(redirect(nowhere))
        yield


@_replace_closed()
def run_to_end(program: str, run: Callable[[], int]) -> int:
    """Run a command line whose output may be cut short; each such end is at most one line.

    Parameters
    ----------
    program : str
        Begins the line.
    run : callable
        Returns the exit code.

    Returns
    -------
    int
        That of the command; 0 when the reader of the output has seen enough, 1 when the output
        cannot be written, 130 after Ctrl-C.
    """
    if getattr(signal.getsignal(signal.SIGINT), "__module__", "") == f"{program}._start":
        # Set while modules loaded; from here on there may be something to clear away.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The tables quote Russian, and a pipe may be set to a narrower encoding.
        # Names of files can be any bytes.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            return run()
        finally:  # after --help too, which leaves by an exception
            sys.stdout.flush()
    except KeyboardInterrupt:
        print(f"{program}: stopped by Ctrl-C", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _let_output_go()
        return 0
    except OSError as error:
        _let_output_go()
        name = error.filename or "standard output"
        print(f"{program}: {name} cannot be written ({error.strerror})", file=sys.stderr)
        return 1


def _let_output_go() -> None:
    """Send what is still to be printed nowhere, or the end of the process would try again."""
    with contextlib.suppress(OSError):  # an output that is no file has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
