"""The directory of files meets the one in the table. Knows no terminal."""

from cli.connection import Connection
from cli.directory import Directory


def keep_never_rung(connection: Connection, directory: Directory) -> None:
    """Before any office is written: no supporter is called on an office's line, and nobody on those in need."""
    known = (line.number for office in connection.catalog.offices() for line in office.lines)
    connection.catalog.put_never_rung({*directory.lines, *known}, directory.never)
