"""Addresses for programs (`base`, `rows`) and the page on which people make keys (`keys`)."""
