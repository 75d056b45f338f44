"""What the server counts for Prometheus; one registry per server, none global."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """All counters and gauges. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ingested = Counter(
            "shouwang_ingested",
            "Messages taken, by channel and outcome",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "shouwang_dead_letters", "Messages not understood, by reason", ["reason"], registry=self.registry
        )
        self.clock_suspect = Counter(
            "shouwang_clock_suspect", "Alerts taken whose time shows a node's wrong clock", registry=self.registry
        )
        self.overflow = Counter(
            "shouwang_ingest_overflow", "Messages dropped at a full queue; nodes repeat them", registry=self.registry
        )
        self.receipt_s = Histogram(
            "shouwang_receipt_seconds",
            "From a message's arrival to its receipt",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15),
            registry=self.registry,
        )
        self.nodes = Gauge("shouwang_nodes", "Nodes by state", ["state"], registry=self.registry)
        self.subscribers = Gauge("shouwang_board_subscribers", "Open event streams", registry=self.registry)
        self.evidence_bytes = Counter("shouwang_evidence_bytes", "Evidence taken, in bytes", registry=self.registry)
        self.evidence_refused = Counter(
            "shouwang_evidence_refused", "Evidence refused, by reason", ["reason"], registry=self.registry
        )
        self.logins = Counter("shouwang_logins", "Log-ins by outcome", ["outcome"], registry=self.registry)
