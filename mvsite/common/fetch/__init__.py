"""Fetching what a user's URL names without ever reaching into our own network (RELIABILITY 3.1)."""

from mvsite.common.fetch.client import Fetched, FetchRules, fetch_url
from mvsite.common.fetch.net import Net

__all__ = ["FetchRules", "Fetched", "Net", "fetch_url"]
