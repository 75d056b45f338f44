"""What verdicts have taught the nodes' rules: kept as they tell it, accepted and taken back by people."""
