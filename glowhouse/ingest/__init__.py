"""Turns public beauty data sets into extracts of the shape that the warehouse reads.

`files` reads sources and says exactly what is wrong with them, `amazon_beauty` and `sephora` know one data set each,
`ingredient_text` and `run_together` split ingredient lists, `extract_writer` puts the result in place all at once and
`command` is what the command line calls.
"""
