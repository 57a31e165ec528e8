"""Measurements: ratios within one run, beside a peer. Nothing here is a test."""
