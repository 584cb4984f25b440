"""Causal consistency: the histories of the paper."""

import pytest

from app.checkers.outside import causal
from app.checkers.outside.notation import sessions

# Bouajjani et al. 2017, figure 3: sessions side by side; `wx1` writes 1 to x, `ry0` reads what y
# held at the start. (CC, CCv)
PAPER = [
    ("wx1 rx2 | wx2 rx1", True, False),
    ("wz1 wx1 wy1 | wx2 rz0 ry1 rx2", True, True),
    ("wx1 | wx2 rx1 rx2", True, False),
    ("wx1 ry0 wy1 rx1 | wx2 ry0 wy2 rx2", True, True),
    ("wx1 wy1 | ry1 wx2 | rx2 rx1", False, False),
    ("rx1 wy1 | ry1 wx1", False, False),
    ("rx7", False, False),
    ("wx1 | rx1 rx0", False, False),
    ("wx1 rx0", False, False),
]


@pytest.mark.parametrize(("text", "cc", "ccv"), PAPER)
def test_the_histories_of_the_paper(text: str, cc: bool, ccv: bool) -> None:
    operations = sessions(text)
    assert causal.causal(operations, 0).holds is cc
    assert causal.convergent(operations, 0).holds is ccv


@pytest.mark.parametrize(
    ("text", "evidence", "words"),
    [
        ("wx1 rx0", (0, 1), "1: p0 reads 0 after 0: p0 writes 1 had come to it"),
        ("wx1 | rx7", (1,), "which nobody wrote"),
        ("rx1 wy1 | ry1 wx1", (0, 1, 2, 3), "is its own cause"),
        ("wx1 wy1 | ry1 wx2 | rx2 rx1", (0, 1, 2, 3, 4, 5), "5: p2 reads 1 after 3: p1 writes 2"),
    ],
)
def test_the_evidence_is_small_and_told(text: str, evidence: tuple[int, ...], words: str) -> None:
    verdict = causal.causal(sessions(text), 0)
    assert verdict.evidence == evidence
    assert words in verdict.because


def test_writes_that_no_one_order_has_are_named() -> None:
    verdict = causal.convergent(sessions("wx1 rx2 | wx2 rx1"), 0)
    assert verdict.evidence == (0, 1, 2, 3)
    assert "0: p0 writes 1, 2: p1 writes 2" in verdict.because
