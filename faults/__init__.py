"""Faults on purpose: what `make faults` does to tacit, and what must be true afterwards."""
