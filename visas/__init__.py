"""T visas, families, work permits, presence and green cards."""
