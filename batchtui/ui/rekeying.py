"""An app whose commands have the keys that its user wants."""

from collections.abc import Mapping

from textual.app import App

from batchtui.ui.keytable import taken, unknown


class RekeyingApp(App[int]):
    """Says what is wrong with the keys that were asked for, and takes the rest."""

    def rekey(self, keymap: Mapping[str, str]) -> None:
        """Give commands other keys, by the commands' names."""
        if not keymap:
            return
        self.set_keymap(dict(keymap))
        for sentence in (*unknown(keymap), *taken(keymap)):
            self.notify(
                f"config.toml: {sentence}.",
                title="Keys",
                severity="warning",
                timeout=20,
                markup=False,
            )
