# Runs when all packages are installed. $1 is the new root. Settles everything that must not wait for the first boot
# and removes everything that must not be shared between machines.
set -eu
root=$1
systemd="$root/etc/systemd/system"

unit() { # NAME: a unit of ours, read from standard input
    cat >"$systemd/$1"
}
mask() { # UNIT…
    for name; do ln -sf /dev/null "$systemd/$name"; done
}

# --- Who may log in: root, with a key. The password field matches nothing, and the account is not locked.
chroot "$root" usermod --password '*' root
mkdir -p "$root/root/.ssh" "$root/etc/ssh/sshd_config.d"
chmod 700 "$root/root" "$root/root/.ssh"
cat >"$root/etc/ssh/sshd_config.d/10-minions.conf" <<'END'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
HostKey /etc/ssh/ssh_host_ed25519_key
END

# --- What makes a machine itself: made at its first boot, never here.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/var/lib/dbus/machine-id" \
    "$root/var/lib/systemd/random-seed" "$root/var/lib/systemd/credential.secret"
: >"$root/etc/machine-id"
ln -sf /etc/machine-id "$root/var/lib/dbus/machine-id"
# Written beside and moved, so that a machine that dies meanwhile is not left with half a key for ever.
unit minions-ssh-host-key.service <<'END'
[Unit]
Description=SSH host key of this machine
Documentation=man:ssh-keygen(1)
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
DefaultDependencies=no
Conflicts=shutdown.target
After=local-fs.target
Before=ssh.service ssh.socket shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -ec 'cd /etc/ssh; rm -f .new .new.pub; ssh-keygen -q -t ed25519 -N "" -C "" -f .new; sync .new .new.pub; mv .new.pub ssh_host_ed25519_key.pub; mv .new ssh_host_ed25519_key; sync .'
END
for server in ssh.service ssh.socket; do
    mkdir -p "$systemd/$server.wants"
    ln -sf ../minions-ssh-host-key.service "$systemd/$server.wants/minions-ssh-host-key.service"
done

# --- The root file system is mounted, and grown to its disk, before systemd begins.
printf '# The root file system is mounted by the initramfs.\n' >"$root/etc/fstab"

# --- Network: set up by the agent as the host says; the card keeps the name the kernel gave it.
mkdir -p "$root/etc/systemd/network"
ln -sf /dev/null "$root/etc/systemd/network/99-default.link"
printf '127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
rm -f "$root/etc/resolv.conf"
: >"$root/etc/resolv.conf"

# --- Small and quick: a journal of a bounded size, nothing on screens that are not there, no upkeep by itself.
mkdir -p "$root/etc/systemd/journald.conf.d" "$root/etc/systemd/logind.conf.d"
printf '[Journal]\nSystemMaxUse=64M\nRuntimeMaxUse=8M\n' >"$root/etc/systemd/journald.conf.d/10-minions.conf"
printf '[Login]\nNAutoVTs=0\nReserveVT=0\n' >"$root/etc/systemd/logind.conf.d/10-minions.conf"
printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"
chroot "$root" systemctl --quiet disable getty@tty1.service apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service systemd-pstore.service
mask sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount proc-sys-fs-binfmt_misc.automount \
    modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service \
    modprobe@fuse.service modprobe@loop.service systemd-update-utmp-runlevel.service

# --- What only the build needed.
rm -rf "$root/etc/dpkg/dpkg.cfg.d/minions-build" "$root"/var/log/*.log "$root"/var/log/apt/* "$root"/var/cache/debconf/*-old \
    "$root"/var/cache/ldconfig/* "$root"/var/lib/dpkg/*-old "$root"/tmp/* "$root"/var/tmp/*
