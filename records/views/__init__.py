"""Pages of a client's record."""
