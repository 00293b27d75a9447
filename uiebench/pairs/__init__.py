"""Reward pairs: right answers made wrong, models' own errors, and what a judge says of them."""
