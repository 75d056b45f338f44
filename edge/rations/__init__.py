"""Short rations: what a node that cannot keep up leaves out, mildest first, and that it says so. Live nodes only."""
