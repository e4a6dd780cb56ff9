"""Benchmarks, by subject."""
