"""The MQTT broker: embedded by default, or accounts for one that runs elsewhere."""
