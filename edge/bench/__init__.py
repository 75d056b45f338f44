"""The tester's bench: recorded video through the very code that watches live."""
