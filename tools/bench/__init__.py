"""Benchmarks: each module measures one promise against a baseline in the same run and prints one JSON line."""
