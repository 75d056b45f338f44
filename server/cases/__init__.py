"""Cases: what people do about alerts; transitions, routing, actions and queries."""
