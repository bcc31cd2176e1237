"""The vault: from an identifier to a random number, and no way back.

Every address, login or employee number that an export holds is made canonical, hashed under a
secret key (HMAC-SHA256) and looked up here; the warehouse knows only the random `identifier_id`.
`vault.duckdb` holds keyed hashes and numbers, nothing that can be read. Who has both the vault and
its key can test whether somebody is in it; keep them apart.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from types import TracebackType

import duckdb
import pyarrow as pa

from dagster_pipelines.errors import UsageError
from dagster_pipelines.identifiers import Identifier, canonical, domain_and_parents, trim
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault_key import check_value, make_key, read_key
from dagster_pipelines.warehouse import (
    connect,
    connect_in_memory,
    plain_errors,
    transaction,
    vault_path,
)

__all__ = ["SPACE", "Vault", "canonical"]

SPACE = "space"
_ID_BOUND = 2**53
_FAILED = "The vault could not be written"


class Vault:
    """The open vault. Use `Vault.open` or `Vault.transient`, and close it or leave its block."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, key: bytes, domains: Sequence[str]
    ) -> None:
        self._connection = connection
        self._key = key
        self._domains = tuple(domains)
        self._sql = statements(SQL / "vault" / "identifiers.sql")

    @classmethod
    def open(cls, settings: Settings) -> Vault:
        """Open the vault with its key; a first call makes both.

        Raises
        ------
        UsageError
            The vault holds identifiers and the key is missing, broken, another's, or readable by
            others. A key is made only while the vault is empty.
        JobError
            Another process has the vault open, or it is damaged.
        """
        connection = connect(vault_path(settings))
        try:
            with plain_errors("The vault could not be read"):
                key = _key_of(connection, settings)
        except BaseException:
            connection.close()
            raise
        return cls(connection, key, settings.organisation.domains)

    @classmethod
    def transient(cls, settings: Settings) -> Vault:
        """Open a vault that nobody keeps, for reading without storing."""
        connection = connect_in_memory()
        connection.execute(statements(SQL / "vault" / "identifiers.sql")["declare"])
        return cls(connection, secrets.token_bytes(32), settings.organisation.domains)

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the next process may have it."""
        self._connection.close()

    def resolve(self, values: Sequence[str]) -> list[int]:
        """Return the identifier ids of texts, each in [1, 2**53); new ones are stored at once.

        Two texts have one id exactly when their canonical forms are one.

        Raises
        ------
        JobError
            The vault cannot be written.
        """
        return self._store([canonical(value) for value in values])

    def resolve_spaces(self, source_name: str, labels: Sequence[str]) -> list[int]:
        """Return the ids of spaces (channels, rooms, repositories) that one source names."""
        return self._store([Identifier(SPACE, f"{source_name}:{trim(label)}") for label in labels])

    def look_up(self, values: Sequence[str]) -> list[int | None]:
        """Return the identifier ids of texts, None for each that the vault does not hold."""
        return self._ids([self._hmac(one.kind, one.form) for one in map(canonical, values)])

    def identifiers(self) -> pa.Table:
        """Return all identifiers but spaces.

        Columns: `identifier_id` int64, `kind` ('address' or 'id'), `is_own_domain` (an address of
        a declared domain or of one below it) and `is_address`.
        """
        own = [self._hmac("domain", domain) for domain in self._domains]
        return self._connection.execute(
            self._sql["identifiers"], {"own_domains": own}
        ).to_arrow_table()

    def fingerprint(self, purpose: str, text: str) -> bytes:
        """Return 32 bytes that stand for a text that may not be stored: a path, a salt.

        The same purpose and text give the same bytes under the same key, and under no other.
        """
        return self._hmac(f"fingerprint {purpose}", text)

    def _store(self, identifiers: Sequence[Identifier]) -> list[int]:
        """Return the ids of identifiers after inserting those that are new, in one transaction."""
        digests = [self._hmac(one.kind, one.form) for one in identifiers]
        found = self._ids(digests)
        new = {
            digest: identifier
            for digest, identifier, known in zip(digests, identifiers, found, strict=True)
            if known is None
        }
        if new:
            self._insert(new)
            found = self._ids(digests)
        return [known for known in found if known is not None]

    def _insert(self, new: dict[bytes, Identifier]) -> None:
        of_domain = self._domain_digests({one.domain for one in new.values()})
        rows = pa.table(
            {
                "digest": pa.array(list(new), pa.binary()),
                "identifier_id": pa.array(self._fresh_ids(len(new)), pa.int64()),
                "kind": pa.array([one.kind for one in new.values()], pa.string()),
                "domain_digests": pa.array(
                    [of_domain[one.domain] for one in new.values()], pa.list_(pa.binary())
                ),
            }
        )
        with transaction(self._connection, _FAILED):
            self._connection.register("new_identifiers", rows)
            self._connection.execute(self._sql["insert"])
            self._connection.unregister("new_identifiers")

    def _fresh_ids(self, count: int) -> list[int]:
        """Draw `count` random ids that are not taken."""
        ids: set[int] = set()
        while len(ids) < count:
            drawn = {secrets.randbelow(_ID_BOUND - 1) + 1 for _ in range(count - len(ids))}
            candidates = pa.table({"identifier_id": pa.array(drawn, pa.int64())})
            self._connection.register("drawn_ids", candidates)
            taken = self._connection.execute(self._sql["taken"]).fetchall()
            self._connection.unregister("drawn_ids")
            ids |= drawn - {row[0] for row in taken}
        return list(ids)

    def _ids(self, digests: Sequence[bytes]) -> list[int | None]:
        """Return the stored id of each digest, None where there is none."""
        wanted = pa.table({"digest": pa.array(list(digests), pa.binary())})
        self._connection.register("wanted_digests", wanted)
        rows = self._connection.execute(self._sql["look_up"]).fetchall()
        self._connection.unregister("wanted_digests")
        known = dict(rows)
        return [known.get(digest) for digest in digests]

    def _hmac(self, kind: str, form: str) -> bytes:
        """Return HMAC-SHA256 over kind and form, each with its length, so that none runs over."""
        parts = (kind.encode(), form.encode())
        message = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
        return hmac.digest(self._key, message, "sha256")

    def _domain_digests(self, domains: set[str | None]) -> dict[str | None, list[bytes]]:
        """Return the keyed hashes of each domain and those above it; none of what has none."""
        return {
            domain: [self._hmac("domain", one) for one in domain_and_parents(domain)]
            if domain
            else []
            for domain in domains
        }


def _key_of(connection: duckdb.DuckDBPyConnection, settings: Settings) -> bytes:
    """Return the vault's key after holding it against the vault; make both where both are new."""
    sql = statements(SQL / "vault" / "identifiers.sql")
    path = settings.key_path
    with transaction(connection, _FAILED):
        connection.execute(sql["declare"])
    noted = connection.execute(sql["noted_check"]).fetchall()
    key = read_key(path)
    if not noted:
        if key is None:
            key = make_key(path)
        with transaction(connection, _FAILED):
            connection.execute(sql["note_check"], [check_value(key)])
        return key
    if key is None:
        raise UsageError(
            f"privacy.key_file: {path} is missing, and the vault in {settings.data_path} was"
            " made with it; put the key back (a new one is made only for an empty vault)."
        )
    if check_value(key) != noted[0][0]:
        raise UsageError(
            f"privacy.key_file: {path} is not the key of the vault in {settings.data_path};"
            " name the key that it was made with."
        )
    return key
