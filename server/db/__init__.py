"""The database: engine, tables by noun, migrations. Knows no network and no web."""
