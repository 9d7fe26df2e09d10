"""Store where each word and mark of the made-up figures stands, once they have been looked at.

Run it from the folder of the repository: ``PYTHONPATH=.:tests python tests/reference/places.py``
"""

import json
from pathlib import Path

from helpers.figures_of_each_kind import CASES, draw_kind, list_places

STORED = Path(__file__).with_suffix(".json")

if __name__ == "__main__":
    told = {f"{kind} {size}": list_places(draw_kind(kind, size)) for kind, size in CASES}
    text = json.dumps(told, indent=1, ensure_ascii=False)
    STORED.write_text(f"{text}\n", encoding="utf-8")
