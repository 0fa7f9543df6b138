# Runs after what was fetched has been put aside. $1 is the new root.
set -eu
if [ -e "$1/.minions-fetch-failed" ]; then
    echo 'minions: not all packages could be fetched' >&2
    exit 1
fi
