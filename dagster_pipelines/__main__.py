"""`tacit` as it is typed: it ends without a traceback at whatever moment it is interrupted.

While modules are still being imported, an interruption ends the process in the system's way.
"""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command that was typed and leave with its exit status."""
    interrupted = signal.getsignal(signal.SIGINT)
    # Who was started deaf to interruptions, as scripts start what stays behind, stays so.
    if interrupted is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dagster_pipelines.cli import run

    signal.signal(signal.SIGINT, interrupted)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
