"""Measurements: ratios within one run, beside the peers. Not tests; see `bench/harness.py`."""
