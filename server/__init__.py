"""The centre: alerts and reports in, cases that people handle out."""

__version__ = "0.1.0"
