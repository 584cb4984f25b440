"""Files that others recorded, read into operations that the judge understands.

Read `read.py` first: it tells the formats apart. Nothing here decides a verdict.
"""
