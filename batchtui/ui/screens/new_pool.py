"""A pool by hand."""

from collections.abc import Iterable

from batchtui.core.models import SupportedImage
from batchtui.core.specs import PoolSpec, StartTask, VirtualMachine
from batchtui.ui.screens.form import FormScreen, fresh
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import entity, vm_size

SIZES = (
    "standard_d2s_v3", "standard_d4s_v3", "standard_d8s_v3", "standard_d2s_v5",
    "standard_d4s_v5", "standard_e4s_v5", "standard_f2s_v2", "standard_f4s_v2",
    "standard_f8s_v2", "standard_f16s_v2", "standard_a1_v2", "standard_a2_v2",
)  # fmt: skip
"""Suggestions only: which sizes there are depends on the region and the quota."""

USUAL = "22_04-lts"


class NewPoolScreen(FormScreen[PoolSpec]):
    """Asks what a new pool is to be made of."""

    HEADING = "New pool"

    def __init__(self, images: tuple[SupportedImage, ...]) -> None:
        super().__init__()
        self._images = tuple(sorted(images, key=lambda image: (image.os_type, called(image))))

    def fields(self) -> Iterable[Field]:
        usual = [image for image in self._images if image.image_reference.sku == USUAL]
        yield TextField("Id", fresh("pool"), id="pool", check=entity)
        yield TextField(
            "VM size", SIZES[0], id="size", check=vm_size, suggestions=SIZES,
            note="which ones there are depends on the region",
        )  # fmt: skip
        yield ChoiceField(
            "Image",
            [(called(image), image) for image in self._images],
            id="image",
            value=usual[0] if usual else None,
            missing="The service names no image that it has verified: try again later.",
        )
        yield NumberField("Dedicated nodes", 1, id="dedicated", least=0, most=10_000)
        yield NumberField(
            "Spot nodes", 0, id="spot", least=0, most=10_000,
            note="cheaper, but Azure may take them back at any time",
        )  # fmt: skip
        yield NumberField(
            "Slots per node", 1, id="slots", least=1, most=256,
            note="how many tasks a node runs at once",
        )  # fmt: skip
        yield TextField(
            "Start task", id="start",
            note="what each node must have run first; empty for none",
        )  # fmt: skip

    def result(self) -> PoolSpec:
        image = self.query_one("#image", ChoiceField).choice
        command = self.query_one("#start", TextField).value
        return PoolSpec(
            id=self.query_one("#pool", TextField).value,
            vm_size=self.query_one("#size", TextField).value,
            virtual_machine_configuration=VirtualMachine(
                image_reference=image.image_reference,
                node_agent_sku_id=image.node_agent_sku_id,
            ),
            target_dedicated_nodes=self.query_one("#dedicated", NumberField).number,
            target_low_priority_nodes=self.query_one("#spot", NumberField).number,
            task_slots_per_node=self.query_one("#slots", NumberField).number,
            start_task=StartTask(command_line=command, wait_for_success=True) if command else None,
        )


def called(image: SupportedImage) -> str:
    """`ubuntu 22.04 · 0001-com-ubuntu-server-jammy 22_04-lts`."""
    reference = image.image_reference
    system = image.node_agent_sku_id.removeprefix("batch.node.")
    return f"{system} · {reference.offer} {reference.sku}"
