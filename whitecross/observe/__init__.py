"""Optional reporters to somebody else's service; docs/monitoring.md says what they send and what they never do."""
