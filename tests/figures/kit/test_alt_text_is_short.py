"""Alt text says what is seen in at most 40 words."""

from pathlib import Path

import pandas as pd
import pytest
from helpers.figures_made import draw_trend, make_fitted, make_polls, make_trend

from figures import save
from figures.catalogue import ENTRIES
from figures.kit.edition import Edition


def test_forty_words_are_taken_and_one_more_is_refused(tmp_path: Path) -> None:
    fig = draw_trend()
    save(fig, tmp_path / "slug", make_polls(), "word " * 40, "Caption.", formats=["svg"])
    with pytest.raises(ValueError, match="alt text has 41 words; write 1 to 40"):
        save(fig, tmp_path / "slug", make_polls(), "word " * 41, "Caption.", formats=["svg"])


def test_the_alt_text_of_the_trend_follows_the_data() -> None:
    """Means of the drawn line over April and May 2022 and over the last twelve months."""
    fitted = make_fitted()
    words = ENTRIES[0].draw(fitted, Edition()).alt.replace("\N{NO-BREAK SPACE}", " ")
    base, last = fitted.windows() or ((), ())
    trend = make_trend().set_index("date")["mean"]
    start, end = trend["2022-04":"2022-05"].mean(), trend[last[0] : last[1]].mean()
    assert base == (pd.Timestamp("2022-04-01"), pd.Timestamp("2022-05-31"))
    assert "81 polls of 12 pollsters" in words
    assert f"the average of {len(fitted.panel())} of them goes from {start:.0f} percent in" in words
    assert f"April and May 2022 to {end:.0f} in the 12 months to {last[1]:%B %Y}" in words
