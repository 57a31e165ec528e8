"""One module for each scenario; what it has to look like is told in `bench/harness.py`."""
