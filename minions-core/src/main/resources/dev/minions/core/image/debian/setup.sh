# Runs before the first package is unpacked. $1 is the new root.
set -eu
mkdir -p "$1/etc/dpkg/dpkg.cfg.d" "$1/var/cache/apt/archives"

# The kernel and initramfs that boot the machine lie on the host, so those in the image are never read. Without this
# every upgrade of the kernel would spend a minute making one more.
printf '%s\n' 'path-exclude=/etc/kernel/postinst.d/initramfs-tools' >"$1/etc/dpkg/dpkg.cfg.d/minions"

# Only while the image is made; packages installed later bring their manual pages.
printf '%s\n' \
    'force-unsafe-io' \
    'path-exclude=/usr/share/man/*' \
    'path-exclude=/usr/share/doc/*' \
    'path-include=/usr/share/doc/*/copyright' \
    'path-exclude=/usr/share/info/*' \
    'path-exclude=/usr/share/lintian/*' \
    'path-exclude=/usr/share/locale/*' \
    'path-include=/usr/share/locale/locale.alias' \
    >"$1/etc/dpkg/dpkg.cfg.d/minions-build"
