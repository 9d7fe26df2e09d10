"""The reading site: static pages of answers, pollsters, polls and figures in three languages.

``python -m web`` builds it into build/site. Pages are made from the same models, tables and
figures as all else; the words stand in labels.csv.
"""

import os
import signal
import sys

if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # python -m web: modules load for a while, and Ctrl-C there has nothing to clear away.
    # `run_to_end` takes the usual handler back.
    signal.signal(
        signal.SIGINT, lambda *_: os._exit(os.write(2, b"web: stopped by Ctrl-C\n") and 130)
    )

from web.build import build_site

__all__ = ["build_site"]
