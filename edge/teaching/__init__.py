"""What verdicts have taught the rules of a node: kept in step with its files, told, and taken back."""
