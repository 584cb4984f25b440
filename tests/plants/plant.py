"""What a planted bug is."""

from typing import NamedTuple


class Plant(NamedTuple):
    """One bug: where, what stands there, what a careless hand would write, who must notice."""

    name: str
    file: str
    right: str
    wrong: str
    test: str
