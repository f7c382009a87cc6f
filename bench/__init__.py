"""Benchmarks that people run: `python -m bench`. No test is timed."""
