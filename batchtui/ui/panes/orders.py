"""The commands that change pools, jobs, tasks, containers and blobs: declared here, once each."""

from textual.binding import Binding, BindingType

from batchtui.ui.widgets.chords import chord


def deletion(noun: str, plural: str) -> Binding:
    """What `d` does with records of that kind."""
    return Binding(
        "d", "order('delete')", "Delete", show=False, id=f"{plural}.delete",
        tooltip=f"Delete the {noun}, or the marked ones",
    )  # fmt: skip


POOLS: list[BindingType] = [
    deletion("pool", "pools"),
    chord("r", "order('resize')", "Resize", "Set how many nodes it has", id="pools.resize"),
    chord("h", "order('stop_resize')", "Stop resizing", "Halt where it is now",
          id="pools.stop_resize"),
    chord("a", "order('autoscale')", "Autoscale", "Edit, evaluate and turn on a formula",
          id="pools.autoscale"),
    chord("A", "order('disable_autoscale')", "Autoscale off", "Keep the nodes that there are",
          id="pools.autoscale_off"),
    Binding("e", "order('start_task')", "Start task", show=False, id="pools.start_task",
            tooltip="Change what each node runs first"),
    chord("E", "order('remove_start_task')", "Start task off", "Have nodes run nothing first",
          id="pools.start_task_off"),
    chord("c", "order('clone')", "Clone", "Make another pool like it, as JSON",
          id="pools.clone"),
    chord("j", "order('create', False)", "New as JSON", "Create a pool from JSON",
          id="pools.json"),
]  # fmt: skip

JOBS: list[BindingType] = [
    deletion("job", "jobs"),
    Binding("t", "order('terminate')", "Terminate", show=False, id="jobs.terminate",
            tooltip="End the job, or the marked ones"),
    Binding("e", "order('limits')", "Priority, limits", show=False, id="jobs.limits",
            tooltip="Change priority, retries and time"),
    chord("b", "order('enable')", "Enable", "Let its tasks run again", id="jobs.enable"),
    chord("r", "order('disable_requeue')", "Disable, requeue",
          "Running tasks stop, and run anew later", id="jobs.disable_requeue"),
    # Not x, which a finger that stays too long on the key of the menu would choose.
    chord("s", "order('disable_terminate')", "Disable, end tasks",
          "Running tasks stop, and stay so", id="jobs.disable_terminate"),
    chord("w", "order('disable_wait')", "Disable, wait", "Running tasks go on to their end",
          id="jobs.disable_wait"),
    chord("c", "order('clone')", "Clone", "Make another job like it, with its tasks or without",
          id="jobs.clone"),
    chord("j", "order('create', False)", "New as JSON", "Create a job from JSON",
          id="jobs.json"),
]  # fmt: skip

TASKS: list[BindingType] = [
    deletion("task", "tasks"),
    Binding("t", "order('terminate')", "Terminate", show=False, id="tasks.terminate",
            tooltip="End the task, or the marked ones"),
    Binding("e", "order('limits')", "Limits", show=False, id="tasks.limits",
            tooltip="Change retries, time and how long files are kept"),
    chord("r", "order('rerun')", "Run again", "Let the failed task, or the marked ones, run again",
          id="tasks.rerun"),
    chord("c", "order('clone')", "Clone", "Make another task like it, as JSON",
          id="tasks.clone"),
]  # fmt: skip

CONTAINERS: list[BindingType] = [
    deletion("container", "containers"),
    chord("o", "order('download')", "Download", "Save its blobs, all or by a pattern",
          id="containers.download"),
    chord("a", "order('sas')", "URL with a SAS", "Copy a URL with chosen rights",
          id="containers.sas"),
]  # fmt: skip

BLOBS: list[BindingType] = [
    Binding("D", "order('download')", "Download", id="blobs.download",
            tooltip="Save the blob, or the marked ones"),
    deletion("blob", "blobs"),
    chord("o", "order('download', False)", "Download many", "Save all blobs, or by a pattern",
          id="blobs.download_many"),
    chord("a", "order('sas')", "URL with a SAS", "Copy a URL with chosen rights",
          id="blobs.sas"),
]  # fmt: skip

SCHEDULES: list[BindingType] = [
    deletion("job schedule", "schedules"),
    Binding("t", "order('terminate')", "Terminate", show=False, id="schedules.terminate",
            tooltip="End the job schedule, or the marked ones"),
    Binding("n", "order('create', False)", "New", id="schedules.new",
            tooltip="Create a job schedule"),
    chord("b", "order('enable')", "Enable", "Let it make jobs again", id="schedules.enable"),
    chord("w", "order('disable')", "Disable", "Let it make no more jobs",
          id="schedules.disable"),
    chord("c", "order('clone')", "Clone", "Make another one like it, as JSON",
          id="schedules.clone"),
    chord("j", "order('write', False)", "New as JSON", "Create a job schedule from JSON",
          id="schedules.json"),
]  # fmt: skip
