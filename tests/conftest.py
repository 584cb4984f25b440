"""Property tests are the same on every run: fixed examples, and a line to replay a failure."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "quorate",
    derandomize=True,
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# A planted bug has to be caught, not reduced to its smallest example.
settings.register_profile(
    "planted", settings.get_profile("quorate"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quorate"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser journeys last: Playwright keeps an event loop in this thread from then on."""
    items.sort(key=lambda item: "tests/browser" in str(item.path))
