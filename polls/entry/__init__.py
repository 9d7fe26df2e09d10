"""The doors through which data come in: add, correct, confirm; and what changed: diff."""
