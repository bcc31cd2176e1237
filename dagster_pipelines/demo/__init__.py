"""A made-up company and its raw exports, to try everything on.

`company` founds the company: people, units, reporting lines, hires, moves, leavers. `mail` lets it
work for some weeks. `exports` writes what its systems would hand over, blemishes among it. Each
further kind of work (chat, calendars, programmes) is one more module like `mail`, and each further
export format one more writer. Every part draws from a random stream of its own, so that a new part
changes nothing of the others.

All names are invented, and every address is in a domain that is reserved for examples.
"""

from dagster_pipelines.demo.company import Company, Scale, found
from dagster_pipelines.demo.exports import write_exports

__all__ = ["Company", "Scale", "found", "write_exports"]
