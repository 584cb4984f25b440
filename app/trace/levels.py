"""Consistency levels by name, as Cassandra has them; "number" stands for the cluster's R and W."""

from typing import Literal

ReadLevel = Literal[
    "number", "one", "two", "three", "quorum", "all", "local_one", "local_quorum", "each_quorum"
]
WriteLevel = Literal[
    "number",
    "one",
    "two",
    "three",
    "quorum",
    "all",
    "local_one",
    "local_quorum",
    "each_quorum",
    "any",
]
