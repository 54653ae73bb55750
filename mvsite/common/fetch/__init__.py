"""Fetching what a user's URL names, or what a provider has made, without reaching into our own network."""

from mvsite.common.fetch.client import Fetched, FetchRules, fetch_url
from mvsite.common.fetch.net import Net
from mvsite.common.fetch.outputs import OutputRefused, fetch_output

__all__ = ["FetchRules", "Fetched", "Net", "OutputRefused", "fetch_output", "fetch_url"]
