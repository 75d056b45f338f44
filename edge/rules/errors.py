"""What can be wrong with a rule's settings in the light of its camera."""


class RuleError(ValueError):
    """A setting does not fit the camera; `field` says which, the text says what was expected."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
