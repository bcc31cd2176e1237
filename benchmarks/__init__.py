"""Speed and memory of tacit on generated companies: a generator, and what `make bench` runs."""
