"""From findings to public, signed alerts with their evidence."""
