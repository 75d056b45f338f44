"""Ask a second: for any moment of a clip or a log, why there was an alert, or why not."""
