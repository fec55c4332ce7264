"""Pages of the account: getting in, getting out, and what guards both."""
