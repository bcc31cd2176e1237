"""How files are written: whole or not at all, and the same bytes every time."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV file under another name, then give it its own: nobody reads half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    unfinished.replace(path)


def write_zip(path: Path, members: Mapping[str, str], day: date) -> None:
    """Write a zip file likewise; its members carry a day, not the time at which this runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(members.items()):
            member = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, text)
    unfinished.replace(path)
