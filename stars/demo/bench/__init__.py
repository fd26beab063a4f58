"""Measurements side by side with the bare minimum; `./dev bench` runs them."""
