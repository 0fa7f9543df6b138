# Runs when the base is installed. $1 is the new root. Fetches everything else before any of it is installed, so that
# what arrived is kept for the next try even if the network fails half-way.
set -eu
packages=$(printf '%s' "$MMDEBSTRAP_INCLUDE" | tr , ' ')
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --yes --download-only -oDpkg::Chroot-Directory="$1" install $packages ||
    : >"$1/.minions-fetch-failed"
