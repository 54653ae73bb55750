"""Money: the price before, the hold while a job is unfinished, the ledger row before each call, and the bill after it.

Rows are locked in one order everywhere: jobs (children before their parent), calls, budgets (user, project, day), and
the event stream last. Who changes a job's state keeps to it.
"""

from generation.money.holds import give_back, hold
from generation.money.ledger import (
    answer,
    billed,
    close,
    close_books,
    intent,
    is_paid_and_open,
    is_undecided,
    may_be_fetched,
    newest_calls,
    price,
    settle,
    whole_costs,
)
from generation.providers.prices import price_of_tokens

__all__ = [
    "answer",
    "billed",
    "close",
    "close_books",
    "give_back",
    "hold",
    "intent",
    "is_paid_and_open",
    "is_undecided",
    "may_be_fetched",
    "newest_calls",
    "price",
    "price_of_tokens",
    "settle",
    "whole_costs",
]
