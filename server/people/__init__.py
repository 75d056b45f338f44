"""People: users, passwords, sessions and what each role may do."""
