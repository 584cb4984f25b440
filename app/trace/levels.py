"""Consistency levels by name, as Cassandra has them; "number" stands for the cluster's R and W."""

from typing import Literal, get_args

SerialLevel = Literal["serial", "local_serial"]
"""What rounds decide: among all replicas of the key, or among those of the coordinator's region."""
SERIAL_LEVELS: tuple[str, ...] = get_args(SerialLevel)
ReadLevel = Literal[
    "number",
    "one",
    "two",
    "three",
    "quorum",
    "all",
    "local_one",
    "local_quorum",
    "each_quorum",
    "serial",
    "local_serial",
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
AskedLevel = Literal[WriteLevel, "serial", "local_serial"]
"""What a write may name for itself: the serial ones only where it compares."""
