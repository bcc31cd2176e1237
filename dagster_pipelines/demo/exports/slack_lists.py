"""The lists in a Slack export: users, channels, direct conversations, and their ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from dagster_pipelines.demo import names
from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.events import BOT, DEPARTED, GUESTS, number_of
from dagster_pipelines.demo.scale import FIRST_MONDAY
from dagster_pipelines.demo.spaces import GENERAL

Listed = list[dict[str, Any]]

SLACKBOT = "USLACKBOT"
CREATED = int(datetime.combine(FIRST_MONDAY - timedelta(days=400), time(9), UTC).timestamp())


@dataclass(frozen=True)
class Workspace:
    """The workspace of a company: what things are called in its exports.

    `direct_ids` has the id of each direct conversation, by the number that events know it by.
    """

    company: Company
    team_id: str
    direct_ids: dict[int, str]

    @classmethod
    def of(cls, company: Company) -> Workspace:
        """Give ids to the conversations of a company."""
        spaces = np.unique(company.events.space[company.events.space >= 0])
        direct = spaces[~company.spaces.is_channel(spaces)].tolist()
        ids = {space: f"D{7_000_000 + place:08d}" for place, space in enumerate(direct)}
        return cls(company, "T0LANTERN", ids)

    def user_id(self, party: int) -> str:
        """The id of an account."""
        return f"U{5_000_000 + party:08d}"

    def folder(self, space: int) -> str:
        """The folder in which the messages of a space are: a channel's name, or an id."""
        channels = self.company.spaces.channels
        return channels[space] if space < len(channels) else self.direct_ids[space]

    def lists(self, stop: int, spaces: set[int]) -> dict[str, Listed]:
        """The lists of an export of weeks up to `stop`, in which messages are in some spaces."""
        direct = sorted(spaces & self.direct_ids.keys())
        members = {space: self._members(space) for space in direct}
        return {
            "users.json": list(self._users(stop)),
            "channels.json": list(self._channels(stop)),
            "groups.json": [self._leads(stop)],
            "dms.json": [
                self._direct(space, members[space]) for space in direct if len(members[space]) == 2
            ],
            "mpims.json": [
                self._group(space, members[space]) for space in direct if len(members[space]) > 2
            ],
        }

    def _members(self, space: int) -> tuple[int, ...]:
        leads = [team.lead for team in self.company.staff.teams]
        return self.company.spaces.members(space, leads)

    def _users(self, stop: int) -> Listed:
        """List the accounts that there are by then: of people, outsiders, bots."""
        staff, users = self.company.staff, []
        first, last = staff.first_and_last()
        for number, person in enumerate(staff.people):
            if first[number] >= stop:
                continue
            uses_alias = person.alias is not None and number % 2 == 0
            site = names.SITES[person.site]
            email = person.alias if uses_alias else person.address
            user = self._user(number, person.name, email)
            noon = datetime.combine(FIRST_MONDAY, time(12), ZoneInfo(site.zone))
            user |= {"tz": site.zone, "tz_offset": int(noon.utcoffset().total_seconds())}
            users.append(user | {"deleted": bool(last[number] < stop)})
        for guest in GUESTS:
            user = self._user(number_of(guest, staff), "Guest", guest.address)
            users.append(user | {"is_restricted": True, "is_ultra_restricted": False})
        departed = self._user(number_of(DEPARTED, staff), "Former Colleague", DEPARTED.address)
        bot = self._user(number_of(BOT, staff), BOT.address, None)
        users += [departed | {"deleted": True}, bot | {"is_bot": True}]
        slackbot = {"id": SLACKBOT, "team_id": self.team_id, "name": "slackbot", "deleted": False}
        return [*users, slackbot | {"is_bot": False, "profile": {"real_name": "Slackbot"}}]

    def _user(self, party: int, name: str, email: str | None) -> dict[str, Any]:
        profile = {"real_name": name} | ({"email": email} if email else {})
        return {
            "id": self.user_id(party),
            "team_id": self.team_id,
            "name": names.plain(name),
            "real_name": name,
            "deleted": False,
            "is_bot": False,
            "profile": profile,
        }

    def _channels(self, stop: int) -> Listed:
        """List the public channels with their members at the end of the export."""
        staff, spaces = self.company.staff, self.company.spaces
        week = stop - 1
        employed = np.flatnonzero(staff.employed[:, week])
        channels = []
        for place, name in enumerate(spaces.channels):
            members = employed
            if spaces.first_team <= place < spaces.first_department:
                members = employed[staff.team[employed, week] == place - spaces.first_team]
            members = [self.user_id(int(person)) for person in members]
            channel = self._conversation(f"C{6_000_000 + place:08d}", members)
            about = {"value": "", "creator": "", "last_set": 0}
            channel |= {"name": name, "is_archived": False, "is_general": place == GENERAL}
            channels.append(channel | {"topic": about, "purpose": about})
        return channels

    def _leads(self, stop: int) -> dict[str, Any]:
        """The private channel of those who lead, in which nobody says anything."""
        staff = self.company.staff
        leads = sorted({team.lead for team in staff.teams})
        members = [self.user_id(lead) for lead in leads if staff.team[lead, stop - 1] != NOBODY]
        return self._conversation("G06000000", members) | {"name": "leads", "is_archived": False}

    def _direct(self, space: int, members: tuple[int, ...]) -> dict[str, Any]:
        return self._conversation(self.direct_ids[space], [self.user_id(one) for one in members])

    def _group(self, space: int, members: tuple[int, ...]) -> dict[str, Any]:
        users = [self.user_id(one) for one in members]
        name = f"mpdm-{'--'.join(user.lower() for user in users)}-1"
        return self._conversation(self.direct_ids[space], users) | {"name": name}

    def _conversation(self, conversation_id: str, members: list[str]) -> dict[str, Any]:
        creator = members[0] if members else self.user_id(0)
        return {"id": conversation_id, "created": CREATED, "creator": creator, "members": members}
