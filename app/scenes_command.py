"""`python -m app scenes` and `simulate`: the list, and one scene's run in words or in lines."""

import sys

from app.main import engine_digest, find_scenario, read_misconceptions, read_scenarios
from app.rooms.claims import check_captions
from app.rooms.guided import guided_run
from app.rooms.operations import edn_history, history
from app.rooms.transcript import jsonl, transcript


def scenes() -> int:
    """Every scene, then the misconceptions with theirs."""
    for scenario in read_scenarios().values():
        print(f"{scenario.name:<10} {scenario.title}: {scenario.summary}")
    print("Misconceptions:")
    for one in read_misconceptions()[0]:
        print(f"M{one.number:<3} {one.scene:<24} {one.believed}")
    return 0


def simulate(name: str, seed: int | None, kind: str) -> int:
    """Print one run; 1 when something that the scene says of it does not hold."""
    scenario = find_scenario(name)
    run = guided_run(scenario, seed, engine_digest())
    formats = {"jsonl": jsonl, "transcript": transcript, "history": history, "edn": edn_history}
    for line in formats[kind](run):
        print(line)
    sys.stdout.flush()
    # Captions and counts are claims about the scene's own seed.
    troubles = check_captions(scenario) if seed in (None, scenario.seed) else []
    for trouble in troubles:
        print(f"{name}: {trouble}", file=sys.stderr)
    return 1 if troubles else 0
