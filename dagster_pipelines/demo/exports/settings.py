"""The `tacit.yml` of the simulated company."""

from __future__ import annotations

from dagster_pipelines.demo import names

SETTINGS = f"""\
# A made-up company. `tacit run --config tacit.yml` reads its exports again; every setting is
# explained in the file that `tacit init` writes.

organisation:
  name: {names.ORGANISATION}
  timezone: {names.ORGANISATION_ZONE}
  domains: [{names.DOMAIN}]
data_dir: data
sources:
  - name: hr
    format: roster_csv
    path: exports/hr/*.csv
    columns:
      snapshot_date: ExtractedOn
      person_id: StaffNumber
      email: Email
      alternate_ids: OtherIds
      manager_id: ManagerNumber
      department: Department
      team: Team
      discipline: Discipline
      location: Site
      work_mode: WorkMode
      job_level: Grade
      hired_on: HiredOn
      left_on: LeftOn
  - name: mail
    format: interaction_csv
    channel: email
    path: exports/mail/*.csv
    timezone: UTC
    columns:
      occurred_at: Received
      event_id: MessageId
      source: SenderAddress
      target: RecipientAddress
  - name: chat
    format: slack
    path: exports/chat/*.zip
  - name: questions
    format: stackexchange
    path: exports/questions/*.zip
  - name: kudos
    format: recognition_csv
    path: exports/kudos/*.csv
    columns:
      recognition_id: Id
      giver: From
      receiver: To
      given_at: CreatedAt
  - name: feedback
    format: feedback_csv
    path: exports/feedback/*.csv
    columns:
      feedback_id: Id
      giver: From
      receiver: To
      given_at: SentAt
      anonymous: Hidden
  - name: programmes
    format: programmes_csv
    path: exports/programmes/programmes.csv
    columns:
      programme_id: Key
      type: Type
      name: Title
      starts_on: From
      ends_on: Until
  - name: enrolments
    format: enrolments_csv
    path: exports/programmes/enrolments.csv
    columns:
      programme_id: Programme
      person: Email
      role: Role
      partner: Partner
      starts_on: From
      ends_on: Until
      planned_sessions: Planned
  - name: sessions
    format: sessions_csv
    path: exports/programmes/sessions.csv
    columns:
      session_id: Id
      programme_id: Programme
      kind: Kind
      started_at: Begins
      minutes: Minutes
      person: Email
      role: Role
      present: Present
      status: Status
  - name: accounts
    format: identities_csv
    path: exports/accounts/*.csv
    columns:
      person_id: StaffNumber
      identifier: Account
# The demo's dates do not move, so its data never grow too old.
privacy: {{key_file: key, retention_days: 36500}}
"""
