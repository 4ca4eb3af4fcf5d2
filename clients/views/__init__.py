"""Pages of clients. Each looks a file up among those its reader may see, and records the look."""
