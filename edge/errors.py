"""Which exit code a user's mistake or a failure ends a command with."""

from edge.bench.asking.errors import AskError
from edge.bench.events.errors import BelowStandardError
from edge.bench.publish import PublishError
from edge.bench.whatif.dials import DialError
from edge.complaints import ComplaintError
from edge.documents import ConfigError
from edge.files import TargetError
from edge.models.errors import FetchError, MissingPackageError
from edge.outbox import OutboxError
from edge.scenelog.errors import LogError
from edge.uplink.credentials import CredentialsError
from edge.uplink.enrol import EnrolmentError
from edge.video.errors import SourceError
from edge.vision.errors import ModelError

EXIT_CODES: dict[type[ComplaintError], int] = {
    ConfigError: 3,
    SourceError: 4,
    ModelError: 5,
    OutboxError: 6,
    CredentialsError: 7,
    EnrolmentError: 8,
    PublishError: 9,
    TargetError: 10,
    MissingPackageError: 11,
    FetchError: 12,
    BelowStandardError: 13,
    LogError: 14,
    DialError: 15,
    AskError: 16,
}
"""0 is success, 1 a finding of `check`, 2 wrong usage; anything else is a fault of ours and shows its traceback."""
