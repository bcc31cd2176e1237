"""`tacit init`: a commented `tacit.yml` and the folders that it names."""

from __future__ import annotations

from pathlib import Path

from dagster_pipelines.errors import UsageError

FOLDERS = ("exports/hr", "exports/mail")

TEMPLATE = """\
# What tacit reads, and how. Paths are relative to this file.
# `tacit check` says what would load; `tacit run` loads, computes, checks and publishes.

organisation:
  name: My organisation
  # The one time zone in which dates and weeks are counted (an IANA name).
  timezone: Europe/Warsaw
  # Your own mail domains, subdomains included. An address of another domain is an external.
  domains: [example.org]

# Everything that tacit writes: vault, warehouse, logs, and what is published.
data_dir: data

sources:
  # Who works here. Only person_id must be there; the less the file says, the fewer metrics there
  # are. Names are not needed and not read.
  - name: hr
    format: roster_csv
    path: exports/hr/*.csv
    # delimiter: ";"
    # encoding: utf-8
    # Ours: the file's. A column that the file calls as we do need not stand here.
    columns:
      person_id: person_id
      # email: Email
      # alternate_ids: Logins
      # manager_id: ReportsTo
      # team: Team
      # department: Department
      # discipline: Function
      # location: Site
      # work_mode: WorkMode
      # job_level: Grade
      # hired_on: HiredOn
      # left_on: LeftOn
      # valid_from: ValidFrom
      # valid_to: ValidTo
    # date_format: "%d.%m.%Y"            # default: ISO 8601 (2026-01-31)
    # grades: [Junior, Senior, Principal]   # texts (or numbers) of job_level, lowest first
    # snapshot_date: file_name           # each file is the roster of the day in its name
    # derive_units: true                 # teams and departments from the reporting lines

  # Who mailed whom: one row for each recipient.
  - name: mail
    format: interaction_csv
    path: exports/mail/*.csv
    # email, meeting, call, chat_direct, chat_thread, reaction, code_review, coauthoring, answer,
    # recognition, feedback, mentoring, learning_session, contact or pair
    channel: email
    columns:
      source: sender
      target: recipient
      occurred_at: sent_at
      # event_id: message_id
    # expect_every: 7d                   # or 36h, 90m, never; after that it is late, then overdue
    # exclude: {rooms: {recipient: [room1@example.org, room2@example.org]}}
    # timezone: UTC                      # of times without one; default: the organisation's
    # time_format: "%d/%m/%Y %H:%M"      # or epoch_s, epoch_ms; default: ISO 8601

  # Kudos, and feedback among peers, anonymous or not: one row for each receiver.
  # - {name: kudos, format: recognition_csv, path: exports/kudos/*.csv,
  #    columns: {recognition_id: id, giver: from, receiver: to, given_at: created_at}}
  # - {name: feedback, format: feedback_csv, path: exports/feedback/*.csv,
  #    columns: {feedback_id: id, giver: from, receiver: to, given_at: sent_at, anonymous: hidden}}

  # Programmes for learning, who takes part in them, and their sessions: lists that are replaced as
  # a whole. The README says which words may stand in them.
  # - {name: programmes, format: programmes_csv, path: exports/programmes.csv}
  # - {name: enrolments, format: enrolments_csv, path: exports/enrolments.csv}
  # - {name: sessions, format: sessions_csv, path: exports/sessions.csv,
  #    columns: {session_id: id, started_at: begins, person: email}}

  # Accounts and addresses that the roster does not know, by its person_id.
  # - {name: accounts, format: identities_csv, path: exports/accounts.csv}

  # What is written in Slack: the zip files of its exports, or the folders they unpack to.
  # - {name: chat, format: slack, path: exports/slack/*.zip}

  # Who asked and who answered on your question site: Posts.xml of its dumps, the folder in which it
  # lies, or a zip file. User 5 is called questions:5 in the roster's alternate_ids.
  # - {name: questions, format: stackexchange, path: exports/questions/*.zip}

# Replaces the span of whole weeks that the data cover.
# coverage: {from: 2026-01-05, to: 2026-06-28}

# What changes numbers; docs/metrics.md says how. These are the defaults.
parameters:
  interaction_profile: viva              # or small_group, occasions, every_contact
  tie_window_weeks: 4
  tie_min_interactions: 2
  tie_requires_reciprocity: false
  rank_bases: [line, grade, depth]

privacy:
  # No group of fewer people is shown.
  min_group_size: 5
  retention_days: 730
  # Without this file, nothing that is in the vault can be joined with a new export. Keep a copy.
  key_file: ~/.config/tacit/key

# When `tacit up` starts the job, in the organisation's time zone, and when it tries again.
schedule:
  cron: "0 4 * * *"
  # A new file starts the job too, when it has not changed for so long.
  still_seconds: 30
  # A step that fails because a disk or another program was in the way is done again after so long,
  # and once more after twice as long.
  retry_seconds: 30

# What hears of a run that failed: a command and its words, no shell; its input is one sentence.
# notify: {command: [mail, -s, tacit failed, operator@example.org], timeout_seconds: 30}
"""


def write_starter(folder: Path) -> Path:
    """Write a commented `tacit.yml` and its folders; return its path.

    Raises
    ------
    UsageError
        There is a `tacit.yml` already, or the folder cannot be written.
    """
    path = folder / "tacit.yml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        what = "is there already" if path.exists() else "is in the way: it is not a folder"
        raise UsageError(
            f"{path if path.exists() else folder}: {what}; nothing was changed."
        ) from None
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}).") from None
    return path
