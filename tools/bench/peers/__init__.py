"""What runs in the peers' own environment (`.venv-bench`): each module prints one JSON document."""
