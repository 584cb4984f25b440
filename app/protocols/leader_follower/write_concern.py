"""How many copies MongoDB waits for when nobody says (since 5.0), by the members of a replica set.

Sources: MongoDB manual, "Implicit Default Write Concern" and "Calculating Majority". Arbiters vote
and hold no data, so that a set of a primary, a secondary and an arbiter has a majority of two
voters and is left, without one data node, with one copy to write.
"""


def majority_of(voters: int, data_bearing: int) -> int:
    """The copies that w: "majority" asks for; `voters` include arbiters, `data_bearing` do not."""
    return min(voters // 2 + 1, data_bearing)


def implicit_copies(voters: int, data_bearing: int) -> int:
    """The copies that a write asks for by default: a majority, but 1 where arbiters leave no more
    data-bearing voters than a majority has."""
    arbiters = voters - data_bearing
    if arbiters and data_bearing <= voters // 2 + 1:
        return 1
    return majority_of(voters, data_bearing)
