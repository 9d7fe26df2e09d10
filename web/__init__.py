"""The reading site: static pages of answers, pollsters, polls and figures in three languages.

``python -m web`` builds it into build/site. Pages are made from the same models, tables and
figures as all else; the words stand in labels.csv.
"""

import os

from web._start import begin, is_command

if is_command("web"):
    begin("web")
    os.environ["MATPLOTLIBRC"] = os.devnull  # as the figures do

from web.build import build_site

__all__ = ["build_site"]
