"""Pages of money, one file for each audience."""
