"""Our own footage: scenes rendered from short scenario files, with exact truth."""
