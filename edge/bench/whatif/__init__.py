"""What-if: the rules over stored scenes at other settings."""
