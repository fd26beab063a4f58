"""Adapters of the state's registers: request, purpose, answer, time (INT-2)."""
