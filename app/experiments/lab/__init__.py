"""The laboratory: one scenario, many seeds. Every number comes from runs that can be opened.

Read `experiment.py` first: what an experiment is; then any of them; `entries.py` lists them.
"""
