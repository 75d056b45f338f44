"""Where the bytes of snapshots, clips and tracks are kept, by their SHA-256."""
