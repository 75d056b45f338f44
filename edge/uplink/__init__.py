"""The node's way to its server: MQTT for messages, HTTPS for evidence, and the enrolment that opens both."""
