"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# Both measure by the wall clock how long an example takes, which on a busy machine says how busy it
# is: a slow test is found by `pytest --durations`.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
