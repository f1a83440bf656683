"""The two themes, and a colour of its own for every state of a node.

Each colour that text is written in has a contrast of at least 4.5 to 1 on every ground that text
lies on; a test computes it.
"""

from textual.theme import Theme

from batchtui.core.states import NodeState

DARK_NODES = {
    NodeState.RUNNING: "#5fc28b",
    NodeState.IDLE: "#93a79b",
    NodeState.WAITING_FOR_START_TASK: "#8cc8f2",
    NodeState.STARTING: "#6ab4ee",
    NodeState.CREATING: "#7fa8d8",
    NodeState.REBOOTING: "#b79cf0",
    NodeState.REIMAGING: "#c58fdc",
    NodeState.UPGRADING_OS: "#9da4f5",
    NodeState.LEAVING_POOL: "#a89f93",
    NodeState.OFFLINE: "#9aa5b1",
    NodeState.DEALLOCATING: "#a39aa8",
    NodeState.DEALLOCATED: "#8f9aa8",
    NodeState.PREEMPTED: "#e89b5a",
    NodeState.START_TASK_FAILED: "#f07a80",
    NodeState.UNUSABLE: "#f48fb1",
    NodeState.UNKNOWN: "#e6c15a",
}
LIGHT_NODES = {
    NodeState.RUNNING: "#1b6e40",
    NodeState.IDLE: "#4f6257",
    NodeState.WAITING_FOR_START_TASK: "#13607f",
    NodeState.STARTING: "#0b5a9e",
    NodeState.CREATING: "#3a5684",
    NodeState.REBOOTING: "#6138a8",
    NodeState.REIMAGING: "#7d2f8f",
    NodeState.UPGRADING_OS: "#4346a6",
    NodeState.LEAVING_POOL: "#66594a",
    NodeState.OFFLINE: "#52606d",
    NodeState.DEALLOCATING: "#63566b",
    NodeState.DEALLOCATED: "#575f69",
    NodeState.PREEMPTED: "#8f4408",
    NodeState.START_TASK_FAILED: "#b3261e",
    NodeState.UNUSABLE: "#a3165b",
    NodeState.UNKNOWN: "#6d5600",
}


def node_variables(colours: dict[NodeState, str]) -> dict[str, str]:
    """The states' colours under the names that style sheets use, such as `node-running`."""
    return {f"node-{state}": colour for state, colour in colours.items()}


DARK = Theme(
    name="batchtui-dark",
    dark=True,
    primary="#6ab4ee",
    secondary="#7fc8a9",
    accent="#6ab4ee",
    foreground="#d9dfe7",
    background="#0f141a",
    surface="#141b23",
    panel="#18212b",
    success="#5fc28b",
    warning="#e6b95a",
    error="#f07a80",
    variables={
        "text-muted": "#93a1b1",
        "text-disabled": "#8a97a5",
        "row": "#1a2531",
        "row-focused": "#1e3143",
        "track": "#2b3845",
        "input-selection-background": "#2c4a63",
        "border": "#6ab4ee",
        "border-blurred": "#33414f",
        "block-cursor-background": "#1e3143",
        "block-cursor-foreground": "#e9eef4",
        "footer-background": "#141b23",
        "footer-key-foreground": "#6ab4ee",
        "footer-description-foreground": "#aab6c3",
        "scrollbar": "#2f3d4b",
        "scrollbar-hover": "#3d4f61",
        "scrollbar-active": "#6ab4ee",
        "scrollbar-background": "#0f141a",
        "scrollbar-background-hover": "#0f141a",
        "scrollbar-background-active": "#0f141a",
        "scrollbar-corner-color": "#0f141a",
        **node_variables(DARK_NODES),
    },
)

LIGHT = Theme(
    name="batchtui-light",
    dark=False,
    primary="#0b5a9e",
    secondary="#1b6e40",
    accent="#0b5a9e",
    foreground="#20262d",
    background="#fbfaf8",
    surface="#f2f1ee",
    panel="#eae9e5",
    success="#1b6e40",
    warning="#7a5200",
    error="#b3261e",
    variables={
        "text-muted": "#545f6b",
        "text-disabled": "#5a646f",
        "row": "#e9edf1",
        "row-focused": "#d9e6f3",
        "track": "#d3d6d9",
        "border": "#0b5a9e",
        "border-blurred": "#c3c7cb",
        "block-cursor-background": "#d9e6f3",
        "block-cursor-foreground": "#14181d",
        "footer-background": "#f2f1ee",
        "footer-key-foreground": "#0b5a9e",
        "footer-description-foreground": "#3f4852",
        "scrollbar": "#c9cdd1",
        "scrollbar-hover": "#aeb4ba",
        "scrollbar-active": "#0b5a9e",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "scrollbar-corner-color": "#fbfaf8",
        **node_variables(LIGHT_NODES),
    },
)

OURS = (DARK.name, LIGHT.name)

FALLBACK = {"row": "#1a2531", "row-focused": "#1e3143", "track": "#2b3845"} | node_variables(
    DARK_NODES
)
"""What the style sheets need and a theme that is not ours does not have."""
