import batchtui.ui  # noqa: F401  before Textual, as in a terminal: it says how often is drawn
