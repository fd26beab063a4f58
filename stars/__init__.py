"""STARS: learning accounts for adults. The project package."""
