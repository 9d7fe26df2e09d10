"""microdata."""
