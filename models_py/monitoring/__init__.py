"""Watching a deployed model: how lists repeat, and how far today's data lie from those that it learned from."""
