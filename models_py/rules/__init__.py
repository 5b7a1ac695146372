"""Rules that act after ranking: pure functions from a shortlist of scored products to the list that is shown.

Hard rules (exclusions, conflicting actives, stock, what was just bought) take products away before anything is ranked.
The others choose among what is left: each module holds one rule, and `apply.py` says in which order they speak.
"""
