"""What a node learns of its cameras by watching."""
