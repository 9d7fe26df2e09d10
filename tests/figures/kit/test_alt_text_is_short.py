"""Alt text says what is seen in at most 40 words."""

from pathlib import Path

import pytest
from helpers.figures_made import draw_trend, make_fitted, make_polls

from figures import save
from figures.catalogue import ENTRIES
from figures.kit.edition import Edition


def test_forty_words_are_taken_and_one_more_is_refused(tmp_path: Path) -> None:
    fig = draw_trend()
    save(fig, tmp_path / "slug", make_polls(), "word " * 40, "Caption.", formats=["svg"])
    with pytest.raises(ValueError, match="alt text has 41 words; write 1 to 40"):
        save(fig, tmp_path / "slug", make_polls(), "word " * 41, "Caption.", formats=["svg"])


def test_the_alt_text_of_the_trend_follows_the_data() -> None:
    alt = ENTRIES[0].draw(make_fitted(), Edition()).alt
    words = alt.replace("\N{NO-BREAK SPACE}", " ")
    assert "81 polls of 12 houses" in words
    assert "from 67 percent in spring 2022 to 62 in October 2025" in words
