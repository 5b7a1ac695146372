"""From what the parts say to one order: candidates, the blend, the trees, and what they learn from."""
