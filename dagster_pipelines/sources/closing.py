"""What is closed when its block ends."""

from __future__ import annotations

from typing import Self


class Closing:
    """Base of what holds a file open: `with` closes it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError
