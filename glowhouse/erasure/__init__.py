"""Erasing a customer: from every place where Glowhouse keeps data, and from every later load of the same extracts.

docs/erasure.md says what is erased, what remains, and why neither a crash nor the next build brings anybody back.
"""
