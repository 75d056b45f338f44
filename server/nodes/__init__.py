"""Nodes and their cameras: enrolment, revocation and queries."""
