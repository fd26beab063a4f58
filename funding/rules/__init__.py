"""Rules of money: pure functions over amounts and dates; money-rules.md numbers are named."""
