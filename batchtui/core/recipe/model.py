"""The format of `recipe.toml`.

A member of type `Text` may hold placeholders of its task; any other text knows only `{run}` and
`{param.NAME}`. Counts are of nodes, slots or retries; durations are spelled like `1h30m`.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from batchtui.core.command_line import Command
from batchtui.core.placeholders import Text
from batchtui.core.specs import Elevation

DEFAULT_PATIENCE = timedelta(minutes=5)
Scalar = str | int | float | bool
MOST = 2**31 - 1
"""The service's whole numbers have 32 bits."""
Count = Annotated[int, Meta(ge=0, le=MOST)]
Retries = Annotated[int, Meta(ge=-1, le=MOST)]
Slots = Annotated[int, Meta(ge=1, le=256)]
Priority = Annotated[int, Meta(ge=-1000, le=1000)]


class IfExists(StrEnum):
    FAIL = "fail"
    USE = "use"


class When(StrEnum):
    """For which end of a task its output files are collected."""

    SUCCESS = "success"
    FAILURE = "failure"
    COMPLETION = "completion"


class Fate(StrEnum):
    """What becomes of a thing at the end of a run."""

    DELETE = "delete"
    ASK = "ask"
    KEEP = "keep"


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a recipe."""


class Parameter(Part, frozen=True):
    default: Scalar
    """Its type is the parameter's type."""
    help: str = ""


class NamedContainer(Part, frozen=True):
    name: str
    if_exists: IfExists = IfExists.FAIL


class Upload(Part, frozen=True):
    files: str | tuple[str, ...]
    """Globs, relative to the recipe's folder."""
    to: str
    """A container's role."""


class Image(Part, frozen=True):
    publisher: str
    offer: str
    sku: str
    version: str = "latest"


class Resource(Part, frozen=True):
    """What a task finds in its working directory: a container's blobs, a blob, or a URL's file."""

    container: str | None = None
    """A role."""
    prefix: Text | None = None
    blob: Text | None = None
    url: Text | None = None
    path: Text | None = None
    mode: str | None = None


class Output(Part, frozen=True):
    """What the service collects from a task's folder into a container."""

    pattern: Text
    container: str
    """A role."""
    path: Text | None = None
    when: When = When.SUCCESS


class Start(Part, frozen=True):
    """The start task, which prepares each node."""

    command: Command
    resource_files: tuple[Resource, ...] = ()
    environment: dict[str, Text] = field(default_factory=dict)
    elevation: Elevation = Elevation.NONADMIN
    wait_for_success: bool = True
    retries: Retries = 0


class Pool(Part, frozen=True):
    """Either `use` names an existing pool, or the rest describes a new one."""

    use: str | None = None
    id: str | None = None
    vm_size: str | None = None
    dedicated: Count = 0
    spot: Count = 0
    slots: Slots = 1
    image: Image | None = None
    start_task: Start | None = None
    if_exists: IfExists = IfExists.FAIL


class Job(Part, frozen=True):
    id: str
    priority: Priority = 0
    max_time: str | None = None
    retries: Retries = 0


class Range(Part, frozen=True):
    """Whole numbers, both ends included."""

    from_: int = field(name="from")
    to: int
    step: int = 1

    @property
    def values(self) -> range:
        return range(self.from_, self.to + (1 if self.step > 0 else -1), self.step)

    @property
    def count(self) -> int:
        """How many, which `len` cannot tell of more than 2**63; 0 for a step of 0."""
        return max(0, (self.to - self.from_) // self.step + 1) if self.step else 0


class TaskEntry(Part, frozen=True):
    """One task, or one for each blob of an input container, or one for each point of a sweep."""

    id: Text
    command: Command
    for_each: str | None = None
    """The role of the input container."""
    sweep: dict[str, Range | tuple[Scalar, ...]] = field(default_factory=dict)
    resource_files: tuple[Resource, ...] = ()
    output_files: tuple[Output, ...] = ()
    environment: dict[str, Text] = field(default_factory=dict)
    elevation: Elevation = Elevation.NONADMIN
    slots: Slots = 1
    retries: Retries = 0
    max_time: str | None = None
    depends_on: tuple[Text, ...] = ()
    """Ids, or globs over the ids of this recipe."""


class Monitor(Part, frozen=True):
    timeout: str = "1h"
    patience: str = "5m"
    """How long a request is repeated while the service does not serve it."""


class Download(Part, frozen=True):
    from_: str = field(name="from")
    """A container's role."""
    files: str = "*"
    """A glob over the blobs' names."""
    to: str = "."
    """A folder below the output folder."""


class AfterTrouble(Part, frozen=True):
    """What becomes of things after a run that did not go well: they may tell why."""

    containers: Fate = Fate.KEEP
    job: Fate = Fate.KEEP
    pool: Fate = Fate.KEEP


class Cleanup(Part, frozen=True):
    """What becomes of things after a run all of whose tasks succeeded; and after the others."""

    containers: Fate = Fate.ASK
    job: Fate = Fate.ASK
    pool: Fate = Fate.ASK
    on_failure: AfterTrouble = AfterTrouble()
    on_timeout: AfterTrouble = AfterTrouble()


class Recipe(Part, frozen=True):
    name: str
    pool: Pool
    job: Job
    tasks: tuple[TaskEntry, ...]
    summary: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    containers: dict[str, str | NamedContainer] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    monitor: Monitor = Monitor()
    downloads: tuple[Download, ...] = ()
    cleanup: Cleanup = Cleanup()

    def container(self, role: str) -> NamedContainer:
        """Raises KeyError for a role that the recipe does not have."""
        named = self.containers[role]
        return NamedContainer(name=named) if isinstance(named, str) else named
