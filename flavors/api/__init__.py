"""The REST API of flavors: read only."""
