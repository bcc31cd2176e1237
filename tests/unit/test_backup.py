"""Backups: whole, without the key, and back again only where nothing is lost by it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.backup import CHECKSUMS, LABEL, back_up, restore
from dagster_pipelines.dagster_home import open_instance
from dagster_pipelines.errors import JobError, TacitError, UsageError
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from dagster_pipelines.vault import Vault
from dagster_pipelines.vault_key import make_key
from dagster_pipelines.warehouse import vault_path, warehouse_path
from tests.harness.published import with_guarded_tables


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A company with something in its vault, its warehouse, its publication, Dagster's records."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    settings = with_guarded_tables(tmp_path / "company")
    with Vault.open(settings) as vault:
        vault.resolve(["ann@example.org", "bob@example.org"])
    for run in ("one", "two"):
        publication.promote(publication.write_candidate(settings, run))
    with open_instance(settings) as instance:
        instance.add_dynamic_partitions("partitions", ["a partition"])
    return settings


def contents(settings: Settings) -> dict[str, bytes]:
    """Return what the folders hold that a backup is about."""
    folders = [settings.data_path / name for name in ("vault", "warehouse", "published", "stated")]
    return {
        str(path.relative_to(settings.data_path)): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / "current")
    }


def test_what_is_restored_is_what_was_there(settings: Settings, tmp_path: Path) -> None:
    with Vault.open(settings) as vault:
        ids = vault.look_up(["ann@example.org", "bob@example.org"])
    current = publication.current(settings)
    back_up(settings, tmp_path / "backup")
    before = contents(settings)
    shutil.rmtree(settings.data_path)

    restore(settings, tmp_path / "backup")

    assert contents(settings) == before
    assert publication.current(settings) == current
    assert current is not None
    publication.verify(current)
    with Vault.open(settings) as vault:
        assert vault.look_up(["ann@example.org", "bob@example.org"]) == ids
    with open_instance(settings) as instance:
        assert instance.get_dynamic_partitions("partitions") == ["a partition"]
    modes = {
        name: stat.S_IMODE((settings.data_path / name).stat().st_mode)
        for name in ("vault", "warehouse", "dagster", "published", f"published/{current.name}")
    }
    assert modes == {
        **dict.fromkeys(("vault", "warehouse", "dagster"), 0o700),
        **dict.fromkeys(("published", f"published/{current.name}"), 0o755),
    }


def test_the_key_is_not_in_a_backup(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup")
    key = settings.key_path.read_text().split()[1]
    for path in (tmp_path / "backup").rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes(), path
        assert path.is_dir() or bytes.fromhex(key) not in path.read_bytes(), path
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700


def test_what_stands_in_a_write_ahead_log_only_is_in_the_backup(
    settings: Settings, tmp_path: Path
) -> None:
    path = warehouse_path(settings)
    with duckdb.connect(str(path)) as connection:
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("create table late as select 42 as answer")
    assert path.with_name(f"{path.name}.wal").exists()
    back_up(settings, tmp_path / "backup")
    copy = tmp_path / "backup/warehouse/warehouse.duckdb"
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert connection.sql("from late").fetchall() == [(42,)]


def _another_key(settings: Settings, backup: Path) -> None:
    settings.key_path.unlink()
    make_key(settings.key_path)


def _no_key(settings: Settings, backup: Path) -> None:
    settings.key_path.unlink()


def _a_changed_byte(settings: Settings, backup: Path) -> None:
    with (backup / "warehouse/warehouse.duckdb").open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))


def _a_missing_file(settings: Settings, backup: Path) -> None:
    (backup / "vault/vault.duckdb").unlink()


def _a_file_too_many(settings: Settings, backup: Path) -> None:
    (backup / "vault/more.duckdb").write_bytes(b"")


def _no_label(settings: Settings, backup: Path) -> None:
    (backup / LABEL).unlink()


def _no_checksums(settings: Settings, backup: Path) -> None:
    (backup / CHECKSUMS).unlink()


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (_another_key, UsageError, "is not the key of this backup's vault"),
        (_no_key, UsageError, "is missing"),
        (_a_changed_byte, JobError, "is not what was written"),
        (_a_missing_file, JobError, "is missing from the backup"),
        (_a_file_too_many, JobError, "does not belong into the backup"),
        (_no_label, UsageError, "is no backup"),
        (_no_checksums, JobError, "has no SHA256SUMS"),
    ],
)
def test_what_is_not_whole_or_not_ours_is_refused_before_anything_is_written(
    settings: Settings,
    tmp_path: Path,
    spoil: Callable[[Settings, Path], None],
    error: type[TacitError],
    said: str,
) -> None:
    back_up(settings, tmp_path / "backup")
    shutil.rmtree(settings.data_path)
    spoil(settings, tmp_path / "backup")
    with pytest.raises(error, match=said):
        restore(settings, tmp_path / "backup")
    assert not settings.data_path.exists()


def test_nothing_is_restored_over_data(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup")
    before = contents(settings)
    with pytest.raises(UsageError, match="is not empty"):
        restore(settings, tmp_path / "backup")
    assert contents(settings) == before


def test_no_backup_is_made_while_a_run_is_at_work(settings: Settings, tmp_path: Path) -> None:
    with run_lock(settings), pytest.raises(JobError, match="Another run is at work"):
        back_up(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_backup_overwrites_nothing_and_lies_outside_of_the_data(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="is in the data folder"):
        back_up(settings, settings.data_path / "backup")
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        back_up(settings, tmp_path / "there")


def test_a_backup_that_fails_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, copy: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(JobError, match="No space left"):
        back_up(settings, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["company"]


def test_a_vault_that_was_never_used_needs_no_key(tmp_path: Path) -> None:
    settings = with_guarded_tables(tmp_path / "company")
    assert not vault_path(settings).exists()
    back_up(settings, tmp_path / "backup")
    shutil.rmtree(settings.data_path)
    restore(settings, tmp_path / "backup")
    assert warehouse_path(settings).exists()
