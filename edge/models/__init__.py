"""Detectors before they watch: listed, fetched, taken in, exported, made smaller, measured."""
