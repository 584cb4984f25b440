"""Property tests are the same on every run: fixed examples, and a line to replay a failure."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quorate",
    derandomize=True,
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("quorate")
