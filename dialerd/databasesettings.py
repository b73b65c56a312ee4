"""The `[database]` section of the settings: a file, or a PostgreSQL with its password in a file of its own.

Not here: the other sections (settings.py), which store that comes to (storehouse.py).
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dialerd.domain.errors import SettingsError
from dialerd.places import placed, why_unreadable


class DatabaseSettings(BaseModel):
    """`run`: the folder of the control socket and of what the running daemon says about itself; not given: the
    database's own.

    `url`: a PostgreSQL instead of a file. What is kept beside the database, its lock and uploads, then stands in the
    folder `run`, else where the file would be by default. `share_as`: this daemon's name among those that dial the same
    campaigns; not given: it dials alone, or stands by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: Path = Field(default=Path("/var/lib/dialerd/dialerd.db"), strict=False)
    run: Path | None = Field(default=None, strict=False)
    url: str | None = Field(default=None, pattern=r"^postgres(ql)?://\S+$")
    password_file: Path | None = Field(default=None, strict=False)
    share_as: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")

    @model_validator(mode="after")
    def _one_database(self) -> DatabaseSettings:
        if self.url is None:
            if self.password_file is not None:
                raise ValueError("password_file goes with url: a file has no password")
            if self.share_as is not None:
                raise ValueError("share_as goes with url: on a file there is one daemon")
            return self
        if "path" in self.model_fields_set:
            raise ValueError("has path or url, not both")
        parts = urlsplit(self.url)
        if ":" in parts.netloc.rpartition("@")[0] or "password" in parts.query.lower():
            raise ValueError("url must not hold the password; put it into a file and name that in password_file")
        return self

    def secret(self) -> str | None:
        """The password. Raises SettingsError where its file cannot be read."""
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"[database] password_file {self.password_file} cannot be read: {error.strerror}",
                hint=why_unreadable(self.password_file),
            ) from error

    def beside(self, home: Path) -> DatabaseSettings:
        """With its paths relative to the settings file's folder."""
        run = None if self.run is None else home / self.run
        path = home / self.path
        if self.url is not None and run is not None:
            path = run / self.path.name
        secret = None if self.password_file is None else placed(home, self.password_file)
        return self.model_copy(update={"path": path, "run": run, "password_file": secret})

    @property
    def running(self) -> Path:
        """What the names of the files are made from that are there only while a daemon runs."""
        return self.path if self.run is None else self.run / self.path.name
