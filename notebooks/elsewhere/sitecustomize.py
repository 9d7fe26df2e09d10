"""What kernels under nbval import before all else: no network, a minute of processor time.

Kernels talk to their clients over the machine's own loopback, in C and not through this module.
"""

import signal
import socket
import sys
from typing import NoReturn

SECONDS = 60


def refuse(*where: object, **more: object) -> NoReturn:
    """Stand for every way out."""
    raise OSError(f"notebooks run offline; one asked for {where}")


def stop(*_: object) -> NoReturn:
    """End the cell that passes the limit, and every later one."""
    raise TimeoutError("a notebook takes under a minute of processor time")


socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
socket.create_connection = refuse

# Windows neither counts a process's time nor has this module.
if sys.platform != "win32":
    import resource

    signal.signal(signal.SIGXCPU, stop)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, resource.RLIM_INFINITY))
