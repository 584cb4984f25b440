"""Judging histories that anybody recorded: what clients asked and were told, and nothing else.

Read `operation.py` first. Each other module is one promise; none knows where a history came from.
"""
