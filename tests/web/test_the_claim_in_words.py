"""The site answers the claim of April 2022 as it was made: above one half, or well above."""

from types import SimpleNamespace
from typing import Any

import pytest

from figures.kit import LANGUAGES
from web.kit import View
from web.pages import claim

REFERENCES = ("sector:state", "sector:independent")


def tell(monkeypatch: pytest.MonkeyPatch, above: float, well: float, lang: str = "en") -> str:
    """Verdict where both sectors have these chances."""
    material: Any = SimpleNamespace(fitted=None)
    monkeypatch.setattr(claim, "chances_of_well", lambda _: dict.fromkeys(REFERENCES, well))
    level = {"mean": 75.0, "lower": 65.0, "upper": 85.0, "prob_above": above}
    return claim.tell_verdict(material, View(lang, "claim.html"), dict.fromkeys(REFERENCES, level))


@pytest.mark.parametrize(
    ("above", "well", "begins"),
    [
        (0.99, 0.95, "Yes, as a statement on declared answers"),
        (0.95, 0.94, "Above one half, but not surely well above"),
        (0.94, 0.99, "Not surely"),
    ],
)
def test_well_above_is_said_where_five_points_are_sure(
    above: float, well: float, begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tell(monkeypatch, above, well)
    assert said.startswith(begins)
    assert ("well above one half, that is by 5" in said) == (begins[:3] == "Yes")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_kinds_of_pollsters_are_small_within_a_sentence(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tell(monkeypatch, 0.99, 0.99, lang)
    for reference in REFERENCES:
        name = View(lang, "claim.html").t(reference.replace(":", "."))
        assert name[0].lower() + name[1:] in said
        assert name not in said
