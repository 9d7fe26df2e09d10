"""An Atom feed of new polls, in each language (RFC 4287)."""

import uuid
from typing import Any

import pandas as pd

from web.kit import LANGUAGES, Site, View
from web.material import Material, list_rows
from web.waves import name_pollster, name_question, name_source, split_shares

# Polls that a feed holds: about a year of them.
NEWEST = 40
# Names of entries must never change: they are made of language and ids, in a space of their own.
SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "russian-war-polls.feed")


def write_feeds(site: Site, material: Material) -> None:
    """Write the feed in every language."""
    asked = material.asked
    known = asked[asked["reason"].isna() & asked["published"].notna()]
    newest = known.sort_values(["published", "poll_id", "construct_id"], ascending=False)
    rows = list_rows(newest.head(NEWEST))
    for lang in LANGUAGES:
        view = View(lang, "feed.xml")
        entries = [_entry(site, material, view, row) for row in rows]
        site.write_through(
            view,
            "feed.xml",
            {
                "id": uuid.uuid5(SPACE, lang).urn,
                "home": site.link(view, "index.html"),
                "updated": max(entry["updated"] for entry in entries),
                "entries": entries,
            },
        )


def _entry(site: Site, material: Material, view: View, row: dict[str, Any]) -> dict[str, str]:
    name = uuid.uuid5(SPACE, f"{view.lang} {row['poll_id']} {row['construct_id']}")
    shares = ", ".join(
        view.t(
            "shares.part",
            answer=_name_answer(view, row["construct_id"], side),
            n=view.number(share),
        )
        for side, share in split_shares(row)
    )
    pollster = name_pollster(material, view, row["house_id"])
    question = name_question(material, view, row["construct_id"])
    span = view.span(row["start_date"], row["end_date"], printed=not row["date_imputed"])
    star = f" {view.t('days.star')}" if row["date_imputed"] else ""
    return {
        "title": f"{pollster}, {span}. {question}",
        "id": name.urn,
        "updated": f"{pd.Timestamp(row['published']):%Y-%m-%d}T00:00:00Z",
        "href": site.link(view, f"pollster/{row['house_id']}.html"),
        "summary": f"{shares}.{star} {view.t('column.source')}: "
        f"{name_source(material, row['source_url'])}, {row['source_url']}",
    }


def _name_answer(view: View, construct: str, side: str) -> str:
    return view.t("answer.none" if side == "none" else f"answer.{construct}.{side}")
