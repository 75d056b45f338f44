"""How well alerts meet what happens: scenes with truth replayed, judged, scored, shown."""
