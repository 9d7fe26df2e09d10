"""Folders that tests read from."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
REFERENCE = TESTS / "reference"
# Collected fitted beside the project's folder; other users do not have it.
SHARED = ROOT.parent / "shared"
