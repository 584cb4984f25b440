"""A table of ours beside theirs: one row a number, and whether it is as close as promised."""

from msgspec import Struct


class Row(Struct, frozen=True):
    """`simulated`: by an independent program, "" if there is none. `met` None: not compared."""

    curve: str
    what: str
    published: str
    simulated: str
    ours: str
    tolerance: str
    met: bool | None


class Table(Struct, frozen=True):
    """`elections`: how many a curve; of something else, `unit` says what."""

    title: str
    elections: int
    rows: tuple[Row, ...]
    source: str
    note: str
    unit: str = "elections"

    @property
    def met(self) -> bool:
        return all(row.met is not False for row in self.rows)

    def troubles(self) -> list[str]:
        """The rows that are too far off, in words."""
        return [
            f"{row.curve}, {row.what}: {row.ours} where {row.published or row.simulated} "
            f"({row.tolerance}) was published"
            for row in self.rows
            if row.met is False
        ]

    def lines(self) -> list[str]:
        """The table as text, source and note below it."""
        head = ("curve", "what", "published", "simulated", "here", "tolerance", "met")
        cells = [head, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[place]) for line in cells) for place in range(len(head))]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
        met = sum(1 for row in self.rows if row.met)
        asked = sum(1 for row in self.rows if row.met is not None)
        return [
            f"{self.title}: {self.elections} {self.unit} a curve",
            "",
            text[0],
            "-" * len(text[0]),
            *text[1:],
            "",
            f"{met} of {asked} numbers are within their tolerance.",
            f"Source: {self.source}.",
            f"Note: {self.note}",
        ]


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: "not compared"}[row.met]
    return (row.curve, row.what, row.published, row.simulated, row.ours, row.tolerance, met)
