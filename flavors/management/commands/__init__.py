"""Commands of flavors."""
