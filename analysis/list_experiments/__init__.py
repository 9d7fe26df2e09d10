"""list_experiments."""
