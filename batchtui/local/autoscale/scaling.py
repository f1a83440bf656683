"""What a pool keeps of its autoscaling, beside the formula and the interval in its body."""

from typing import Any

import msgspec

Json = dict[str, Any]


class Scaling(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; it stays when autoscaling is disabled."""

    enabled: int | None = None
    """When it was last asked for, which it may not be too often."""
    due: int = 0
    """When the formula is evaluated next."""
    run: Json | None = None
    """The pool's `autoScaleRun`; None until the formula has been evaluated."""
