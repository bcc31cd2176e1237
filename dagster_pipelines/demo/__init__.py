"""A simulated company and its raw exports, to try everything on, and to test against the truth.

`simulate` makes a company in memory: who works there and what happens to them (`organisation`,
`careers`), who meets whom (`ties`), what they write to each other, ask, and what else is said
(`conversations`, `questions`, `background`), programmes and what they do (`programmes`), kudos and
feedback (`gifts`), and the table of what is true of it by construction (`truth`). `exports` writes
what its systems would hand over, one module for each format. What is planted stands in `planted`.
Every part draws from a random stream of its own, so that a new part changes nothing of the others.

All names are invented, and every address is in a domain that is reserved for examples.
"""

from dagster_pipelines.demo.company import Company, simulate
from dagster_pipelines.demo.exports import write_exports
from dagster_pipelines.demo.planted import Plan, Programme
from dagster_pipelines.demo.scale import Scale

__all__ = ["Company", "Plan", "Programme", "Scale", "simulate", "write_exports"]
