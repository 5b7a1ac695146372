"""What the hybrid must beat, by name."""
