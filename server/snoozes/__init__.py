"""Snoozes: staff silence one rule of one camera for a while; its alerts still come in and are kept."""
