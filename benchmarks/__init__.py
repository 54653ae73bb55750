"""The performance figures, each a ratio measured in one run."""
