#!/bin/sh
# /usr/local/bin/dialerd: the command line, as the user whose the database is. Files that root's commands made would shut
# the daemon out of its own database.
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid=dialerd --regid=dialerd --init-groups -- /opt/dialerd/venv/bin/dialerd "$@"
fi
exec /opt/dialerd/venv/bin/dialerd "$@"
