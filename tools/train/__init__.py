"""Training of the default detector: collect pictures, learn, export. `python -m tools.train --help`."""
