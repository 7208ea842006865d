"""Recalculating the growth of whole districts: read by COPY, computed in arrays, written back by COPY.

    run.py          the run: lock, chunks, progress, stopping, going on where one was killed
    chunks.py       which students are next, and their measurements as arrays
    rows.py         PostgreSQL's binary COPY as NumPy arrays
    keep.py         results into the table, only what differs
    findings.py     what a nurse should look at
    follow_ups.py   those findings as entries of the follow-up list

docs/stored-growth.md tells why each step is as it is.
"""
