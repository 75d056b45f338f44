"""Opens the evidence store that settings name."""

from server.evidence.folder import FolderStore
from server.evidence.s3 import S3Store
from server.evidence.store import EvidenceStore
from server.settings import Settings


def open_store(settings: Settings) -> EvidenceStore:
    """A folder, or an object store. Raises ConfigurationError or Unreachable."""
    if settings.evidence.store == "s3":
        return S3Store(settings.evidence)
    return FolderStore(settings.evidence_folder / "kept")
