"""The cellar: what every room may use and what knows no domain word."""
