"""The parts of the hybrid: each proposes products and scores them, and can be used alone."""
