"""Writes of the vault: the file first, then its row, so that a row always has its file."""
