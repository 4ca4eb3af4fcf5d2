"""Pages of T visas. Each looks a row up among those its reader may see, and records the look."""
