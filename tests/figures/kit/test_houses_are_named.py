"""A house without words in labels.csv has the name of the table, as far as a picture has room."""

import pandas as pd
import pytest

from figures.kit.edition import Edition
from figures.kit.frames import LETTERS, name_houses, shorten_name

HOUSES = pd.DataFrame(
    {
        "house_id": ["levada", "made", "foreign"],
        "sector": "foreign",
        "name": ["Levada Analytical Center", "Made House", "Foreign House"],
        "name_ru": ["Левада-Центр", "Выдуманный центр", None],
    }
)


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("en", ["Levada Center", "Made House", "Foreign House"]),
        ("ru", ["Левада-центр", "Выдуманный центр", "Foreign House"]),
        ("uk", ["Левада-центр", "Made House", "Foreign House"]),
    ],
)
def test_a_house_has_its_label_else_its_name_in_the_table(lang: str, names: list[str]) -> None:
    assert name_houses(HOUSES, Edition(lang))["name"].tolist() == names
    without = HOUSES.drop(columns="name_ru")
    assert name_houses(without, Edition("ru"))["name"].tolist()[1:] == ["Made House", names[2]]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * LETTERS, "a" * LETTERS),
        ("a" * (LETTERS + 1), "a" * LETTERS + "…"),
        ("Київський міжнародний інститут соціології", "Київський міжнародний…"),
        (f"House, {'a' * LETTERS}", "House…"),
    ],
)
def test_a_long_name_is_cut_after_a_word(name: str, shown: str) -> None:
    """Whole names of 40 letters and more left no room for the picture itself."""
    assert shorten_name(name) == shown
    assert len(shown) <= LETTERS + 1
