"""What a killed run has damaged is put back; what it has only begun stays."""

from __future__ import annotations

import shutil
import stat
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dagster_pipelines import safekeeping
from dagster_pipelines.safekeeping import is_damaged, kept_whole
from dagster_pipelines.settings import Settings
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect, prepare_folders, vault_path, warehouse_path
from tests.harness.damage import BLOCK, HEADERS, begun_and_killed, tear
from tests.harness.published import opened_for_writing, settings_in

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company with one address in its vault and a table of three rows in its warehouse."""
    settings = settings_in(tmp_path)
    prepare_folders(settings)
    with Vault.open(settings) as vault:
        vault.resolve(["ann@example.org"])
    write(settings, "create table main.numbers as select range as n from range(3)")
    return settings


def write(settings: Settings, sql: str, *, checkpoint: bool = True) -> None:
    """Change the warehouse; without a checkpoint the change stays in its log."""
    with closing(connect(warehouse_path(settings))) as connection:
        if not checkpoint:
            connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute(sql)


def rows(settings: Settings) -> int:
    with closing(connect(warehouse_path(settings), read_only=True)) as connection:
        return connection.execute("select count(*) from main.numbers").fetchall()[0][0]


def known(settings: Settings, text: str) -> bool:
    with Vault.open(settings) as vault:
        return vault.look_up([text]) != [None]


def litter(settings: Settings) -> list[str]:
    return [path.name for path in settings.data_path.glob("kept*")]


def of_warehouse(settings: Settings) -> Path:
    return warehouse_path(settings)


def of_vault(settings: Settings) -> Path:
    return vault_path(settings)


def test_duckdb_still_writes_in_place_what_the_last_checkpoint_needs(tmp_path: Path) -> None:
    """Why all this is done (decision 0016); when it fails, it may not be needed any more."""
    database = tmp_path / "numbers.duckdb"

    def block(number: int) -> bytes:
        with database.open("rb") as file:
            file.seek(HEADERS + number * BLOCK)
            return file.read(BLOCK)

    with closing(connect(database)) as connection:
        connection.execute("create table numbers as select range as n from range(3)")
        connection.execute("checkpoint")
        of_metadata = connection.execute("select block_id from pragma_metadata_info()").fetchall()
        before = [block(number) for (number,) in of_metadata]
        connection.execute("insert into numbers values (4)")
        connection.execute("checkpoint")
        assert [block(number) for (number,) in of_metadata] != before


@pytest.mark.parametrize("torn", [of_warehouse, of_vault])
def test_what_a_killed_run_has_damaged_is_what_it_was_before_that_run(
    settings: Settings, torn: Callable[[Settings], Path]
) -> None:
    begun_and_killed(settings)
    write(settings, "insert into main.numbers values (4)")
    with Vault.open(settings) as vault:
        vault.resolve(["bob@example.org"])
    tear(torn(settings))
    assert is_damaged(torn(settings))

    with kept_whole(settings) as was_put_back:
        assert was_put_back
        # Both, since the numbers of one are those of the other.
        assert rows(settings) == 3
    assert known(settings, "ann@example.org")
    assert not known(settings, "bob@example.org")
    assert litter(settings) == []


def test_what_a_killed_run_has_done_stays_where_nothing_is_damaged(settings: Settings) -> None:
    begun_and_killed(settings)
    write(settings, "insert into main.numbers values (4)", checkpoint=False)

    with kept_whole(settings) as was_put_back:
        assert not was_put_back

    assert rows(settings) == 4
    assert litter(settings) == []


def test_the_log_is_put_back_with_its_database(settings: Settings) -> None:
    write(settings, "insert into main.numbers values (4)", checkpoint=False)
    begun_and_killed(settings)
    write(settings, "insert into main.numbers values (5)", checkpoint=False)
    tear(warehouse_path(settings))

    with kept_whole(settings) as was_put_back:
        assert was_put_back

    assert rows(settings) == 4


def test_a_log_that_was_not_there_goes(settings: Settings) -> None:
    begun_and_killed(settings)
    write(settings, "insert into main.numbers values (4)", checkpoint=False)
    tear(warehouse_path(settings))

    with kept_whole(settings) as was_put_back:
        assert was_put_back

    assert rows(settings) == 3


def test_of_a_first_run_nothing_is_left(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    prepare_folders(settings)
    begun_and_killed(settings)
    write(settings, "create table main.numbers as select range as n from range(3)")
    tear(warehouse_path(settings))

    with kept_whole(settings) as was_put_back:
        assert was_put_back

    assert not warehouse_path(settings).exists()


def test_a_run_that_damages_and_lives_puts_back_itself(settings: Settings) -> None:
    def run() -> None:
        with kept_whole(settings):
            tear(warehouse_path(settings))
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        run()
    assert rows(settings) == 3
    assert litter(settings) == []


def test_a_return_that_was_killed_is_brought_to_its_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_and_killed(settings)
    tear(vault_path(settings))
    tear(warehouse_path(settings))

    class KilledError(Exception):
        pass

    def killed(_: Path) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(safekeeping, "flush", killed)
        with pytest.raises(KilledError), kept_whole(settings):
            pass
    assert is_damaged(warehouse_path(settings))

    with kept_whole(settings) as was_put_back:
        assert was_put_back
    assert rows(settings) == 3
    assert known(settings, "ann@example.org")
    assert litter(settings) == []


def test_a_copy_that_was_not_finished_is_never_put_back(settings: Settings) -> None:
    unfinished = settings.data_path / "kept.unfinished"
    unfinished.mkdir()
    (unfinished / warehouse_path(settings).name).write_bytes(b"half")
    with kept_whole(settings) as was_put_back:
        assert not was_put_back
        assert litter(settings) == ["kept"]
    assert rows(settings) == 3


def test_what_is_kept_is_as_private_as_the_vault(settings: Settings) -> None:
    with kept_whole(settings):
        kept = settings.data_path / "kept"
        assert {path.name for path in kept.iterdir()} == {"warehouse.duckdb", "vault.duckdb"}
        assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_what_is_put_back_is_as_open_as_it_was(settings: Settings) -> None:
    warehouse_path(settings).chmod(0o660)
    begun_and_killed(settings)
    tear(warehouse_path(settings))
    with kept_whole(settings):
        assert stat.S_IMODE(warehouse_path(settings).stat().st_mode) == 0o660


def test_what_somebody_may_be_writing_to_is_not_copied(settings: Settings) -> None:
    with opened_for_writing(settings), kept_whole(settings):
        assert litter(settings) == []


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A disk with room for a megabyte."""
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 1 << 20))
        yield


@pytest.mark.usefixtures("little_room")
def test_without_room_a_run_goes_without(settings: Settings) -> None:
    with kept_whole(settings):
        assert litter(settings) == []
        write(settings, "insert into main.numbers values (4)")
    assert rows(settings) == 4
