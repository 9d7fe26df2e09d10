"""hyperparameters."""
