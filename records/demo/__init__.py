"""The made-up district: students, families and health histories that look like a real one and name nobody real.

Everything comes from a seed: the same arguments give the same rows, ids included. Nothing here is reference data:
heights, weights and rates are shaped to look right on a page and to weigh right in a benchmark, not to be quoted.
"""
