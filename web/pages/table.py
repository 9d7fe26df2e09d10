"""The table of all polls: days, pollster, mode, size, shares as a bar, and the source."""

from collections.abc import Iterator, Mapping
from typing import Any

from web.kit import STAR, Page, View
from web.material import Material, list_rows
from web.pictures import Picture
from web.waves import (
    draw_line_of,
    name_pollster,
    name_question,
    name_source,
    show_mode,
    show_shares,
)


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the page of the table."""
    del pictures

    def show(view: View) -> dict[str, Any]:
        asked = material.asked
        lines = {
            key: draw_line_of(material, view, *key)
            for key in set(zip(asked["house_id"], asked["construct_id"], strict=True))
        }
        names = {house: name_pollster(material, view, house) for house in set(asked["house_id"])}
        titles = {name: name_question(material, view, name) for name in material.constructs}
        rows = []
        for row in list_rows(asked):
            bar, numbers = show_shares(view, row)
            rows.append(
                {
                    **{name: row[name] for name in ("house_id", "construct_id", "sector")},
                    "date": f"{row['mid_date']:%Y-%m-%d}",
                    "days": view.span(
                        row["start_date"], row["end_date"], printed=not row["date_imputed"]
                    ),
                    "name": names[row["house_id"]],
                    "question": titles[row["construct_id"]],
                    "mode_id": row["mode"],
                    "mode": show_mode(view, row["mode"]),
                    "n": view.number(row["sample_size"]) + (STAR if row["n_imputed"] else ""),
                    "size": row["sample_size"],
                    "share": row["for_pct"],
                    "bar": bar,
                    "numbers": numbers,
                    "spark": lines[row["house_id"], row["construct_id"]],
                    "reason": row["reason"] or "",
                    "url": row["source_url"],
                    "publisher": name_source(material, row["source_url"]),
                }
            )
        return {
            "title": view.t("table.title"),
            "description": view.t(
                "table.description", polls=view.n("count.polls", asked["poll_id"].nunique())
            ),
            "rows": rows,
            "questions": list(titles.items()),
            "houses": sorted(names.items(), key=lambda item: item[1].strip("«").casefold()),
            "sectors": [(name, view.t(f"sector.{name}")) for name in sorted(set(asked["sector"]))],
            "modes": [(name, show_mode(view, name)) for name in sorted(set(asked["mode"]))],
        }

    yield Page("polls.html", "polls", show, room="polls")
