"""The types of keys, one file each: how changes are made to versions and how versions are read."""

from app.trace.types.cart import Cart
from app.trace.types.counter import Counter
from app.trace.types.data_type import DataType
from app.trace.types.register import Register

TYPES: dict[str, DataType] = {"cart": Cart(), "register": Register(), "counter": Counter()}
TYPE_OF: dict[str, DataType] = {action: kind for kind in TYPES.values() for action in kind.actions}
"""The type whose keys know an action."""
