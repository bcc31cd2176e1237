"""The errors that a user can cause or must act on; each message is one sentence."""


class TacitError(Exception):
    """Base of all errors with a sentence for a person: where, what, and what would be right.

    The message never holds a value out of an export (an address, a name, a text).
    """

    exit_status = 1


class UsageError(TacitError):
    """The call, `tacit.yml` or a whole source is unusable; nothing was stored (exit status 2)."""

    exit_status = 2


class JobError(TacitError):
    """The job, a check or a source failed; the last good publication stays (exit status 1)."""


class PassingError(JobError):
    """What failed may work in a minute: a file that somebody has open, a disk that did not answer.

    A run that nobody watches tries again; whoever typed the command can do so.
    """
