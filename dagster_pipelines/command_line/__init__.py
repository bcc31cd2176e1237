"""What the commands of `tacit` do, one module a concern; `cli` only binds them to words."""
