"""Tables, sentences and links of a notebook become what a page can show on any screen."""

from pathlib import Path

import nbformat

from web.kit import View
from web.pages.notebooks import mark_columns, read_cell, relink, write_prose

WORDS = "asked at the end of the interview, and so of fewer people"


def make_table(*rows: tuple[str, ...]) -> str:
    lines = "".join(
        "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>"
        for tag, row in zip(["th", *["td"] * (len(rows) - 1)], rows, strict=True)
    )
    return f"<table>{lines}</table>"


def test_numbers_stand_below_each_other() -> None:
    table = mark_columns(make_table(("poll", "share"), ("a long name", "16"), ("b", "not printed")))
    assert '<th class="number">share</th>' not in table  # as many words as numbers
    table = mark_columns(make_table(("n", "ends"), ("16", "−8.2 to −3.6"), ("", "+0.1 to 4")))
    assert table.count('class="number"') == 6


def test_dates_stay_on_a_line_and_sentences_are_not_squeezed() -> None:
    table = mark_columns(
        make_table(("day", "why", "house"), ("2022-04-18", WORDS, "Russian Field"))
    )
    assert '<td class="short">2022-04-18</td>' in table
    assert f'<td class="prose">{WORDS}</td>' in table


def test_tables_of_pictures_or_wide_cells_stay_as_they_are() -> None:
    pictures = make_table(("1",), ("<img>",))
    spans = "<table><tr><th colspan=2>a</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert (mark_columns(pictures), mark_columns(spans)) == (pictures, spans)


def test_links_lead_to_pages_or_are_words() -> None:
    view = View("en", "notebooks/00_start_here.html")
    prose = '<a href="{}">there</a>'

    def lead(target: str) -> str:
        return relink(prose.format(target), {"trend-support"}, view)

    assert lead("README.md") == prose.format("../notebooks.html")
    assert lead("04_the_claim.ipynb") == prose.format("04_the_claim.html")
    assert lead("../polls/README.md") == "there"
    assert lead("https://example.org/") == prose.format("https://example.org/")


def test_a_file_of_values_that_is_printed_keeps_its_lines(tmp_path: Path) -> None:
    output = nbformat.v4.new_output("stream", text="firm;from;people\nAster;2030-01-01;1817\n")
    cell = nbformat.v4.new_code_cell("print(text)", outputs=[output])
    assert not read_cell(cell, "name", 0, tmp_path)["outputs"][0]["is_prose"]


def test_lines_of_code_in_prose_can_be_scrolled_by_the_keyboard() -> None:
    assert write_prose("```\npython -m figures list\n```", Path()).startswith('<pre tabindex="0">')
