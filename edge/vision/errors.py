"""What can be wrong with a model.

ModelError
├── CardError            the card cannot be read or contradicts itself
├── ModelFileError       the weights are missing, or their hash is another
├── LicenceError         its licence is one that the installer has ruled out
├── ModelShapeError      inputs or outputs do not fit the card
└── ProviderError        an execution provider was asked for that is not here
"""

from edge.complaints import ComplaintError


class ModelError(ComplaintError):
    """A model cannot be used; the text names file and field, what was found, what was expected, and the remedy."""


class CardError(ModelError):
    """The card cannot be read or contradicts itself."""


class ModelFileError(ModelError):
    """The weights are missing, unreadable, or not those that the card describes."""


class LicenceError(ModelError):
    """The model's licence is one that the installer has ruled out."""


class ModelShapeError(ModelError):
    """The network's inputs or outputs do not fit its card."""


class ProviderError(ModelError):
    """An execution provider was asked for that this installation of ONNX Runtime does not have."""
