"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

# Both measure by the wall clock how long an example takes, which on a busy machine says how busy it
# is: a slow test is found by `pytest --durations`. What decides whether a change lands tries the
# same examples each time; new ones are looked for at every desk.
settings.register_profile(
    "busy",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("busy")
