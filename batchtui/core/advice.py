"""What to do about a pool that did not get its nodes.

The codes are those that the service puts into a pool's `resizeErrors`, read as families: the
service names each quota by the kind of cores that ran out.
"""

from batchtui.core.models import Pool, ResizeError
from batchtui.core.wording import with_full_stop

ADVICE = (
    ("LowPriorityCoreQuota", "Ask for more spot cores for this account, or ask for fewer nodes."),
    ("SeriesCoreQuota", "Ask for more cores of this series, or take a VM size of another one."),
    ("CoreQuota", "Ask for more cores for this account, or ask for fewer nodes."),
    ("Quota", "Ask for a higher quota for this account, or ask for fewer nodes."),
    ("TimedOut", "Resize again; above a thousand nodes allow 30 minutes for it."),
    ("SizeNotAvailable", "Take a VM size that this region has."),
    ("UnsupportedVMSize", "Take a VM size that this region has."),
    ("Capacity", "Wait and resize again, or take another VM size or region."),
    ("AllocationFailed", "Wait and resize again, or take another VM size or region."),
    ("Stopped", "Somebody stopped the resizing; resize again to go on."),
    ("Subnet", "Take a larger subnet, or ask for fewer nodes."),
    ("Network", "Look at the pool's virtual network and the rights that Batch has on it."),
    ("Image", "Look at whether the image is there and Batch may read it."),
)
"""The first part of a code that fits decides."""

OTHERWISE = "Resize again once that is mended."


def advice(error: ResizeError) -> str:
    """A sentence that says what to do."""
    code = error.code.casefold()
    return next((words for part, words in ADVICE if part.casefold() in code), OTHERWISE)


def trouble(pool: Pool) -> tuple[str, ...]:
    """What is wrong with the pool, a text each: why, and what to do; nothing where all is well."""
    told = [
        f"{with_full_stop(error.message or error.code)} {advice(error)}"
        for error in pool.resize_errors
    ]
    run = pool.auto_scale_run
    if pool.enable_auto_scale and run is not None and run.error is not None:
        why = run.error.sentence or run.error.code
        words = "Correct its autoscale formula, or resize by hand: the formula failed."
        told.append(f"{words} {with_full_stop(why)}")
    return tuple(told)
