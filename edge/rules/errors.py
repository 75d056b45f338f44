"""What can be wrong with a rule's settings in the light of its camera."""

from edge.complaints import Complaint, ComplaintError


class RuleError(ComplaintError, ValueError):
    """A setting does not fit the camera; `field` says which, the sentence says what was expected."""

    def __init__(self, field: str, problem: Complaint) -> None:
        super().__init__(problem)
        self.args = (field, problem)  # of which pickle makes it anew
        self.field = field
