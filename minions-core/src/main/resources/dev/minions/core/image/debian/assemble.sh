# Turns a root file system into a disk, and takes out what boots it. Run in the work directory, as root or as root of a
# user namespace, which is why everything happens in one process tree.
#   $1 the root file system: a directory, or a tar of it   $2 tar of the agent   $3 size of the disk in bytes
#   $4 UUID of the file system   $5 seconds since 1970 for every date
set -eu
umask 022
tree=$PWD/tree
# The root of a user namespace owns files that the caller cannot remove.
trap 'rm -rf "$tree"' EXIT
if [ ! -d "$1" ]; then
    echo 'minions: unpacking the root file system'
    mkdir "$tree"
    tar --extract --directory "$tree" --numeric-owner --xattrs --xattrs-include='*' --file "$1"
    rm -f "$1"
fi
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin "$tree"/var/cache/apt/archives/*.deb \
    "$tree"/etc/apt/apt.conf.d/99mmdebstrap "$tree"/etc/dpkg/dpkg.cfg.d/99mmdebstrap
# What the build made is of today; the agent, whose dates must stay as they are, comes after this.
find "$tree" -newermt "@$5" -exec touch --no-dereference --date "@$5" {} +
mkdir -p "$tree/usr/lib/minions"
cp early adopt "$tree/usr/lib/minions/"
chmod 755 "$tree"/usr/lib/minions/*

echo 'minions: adding the agent'
tar --extract --directory "$tree" --numeric-owner --no-same-owner --file "$2"
mkdir -p "$tree/etc/systemd/system/minions-agent.service.d"
cp agent-unit.conf "$tree/etc/systemd/system/minions-agent.service.d/10-early.conf"

echo 'minions: taking out the kernel'
version=$(ls "$tree/lib/modules")
case $version in
*[!A-Za-z0-9.+_-]* | '') echo "minions: expected one kernel, found '$version'" >&2; exit 1 ;;
esac
cp "$tree/boot/vmlinuz-$version" kernel.boot
rm -f "$tree"/boot/vmlinuz-* "$tree"/boot/initrd.img-* "$tree"/vmlinuz* "$tree"/initrd.img*
ramfs=$tree/.initrd
mkdir -p "$ramfs/bin" "$ramfs/lib/modules/$version"
cp "$tree/bin/busybox" "$ramfs/bin/busybox"
for module in virtio_pci virtio_mmio virtio_blk virtio_console virtio_net virtio_rng vmw_vsock_virtio_transport; do
    chroot "$tree" /sbin/modprobe --set-version "$version" --show-depends "$module"
done >modules
while read -r kind path _; do
    [ "$kind" = insmod ] || continue # built in
    mkdir -p "$ramfs${path%/*}"
    cp "$tree$path" "$ramfs$path"
done <modules
for list in modules.order modules.builtin modules.builtin.modinfo; do
    cp "$tree/lib/modules/$version/$list" "$ramfs/lib/modules/$version/$list"
done
chroot "$tree" /sbin/depmod --basedir /.initrd "$version"
# What is read from it is the text of modules.dep and modules.alias.
rm -f "$ramfs/lib/modules/$version"/*.bin "$ramfs/lib/modules/$version"/modules.order \
    "$ramfs/lib/modules/$version"/modules.builtin*
mv "$ramfs" initrd.tree
chroot "$tree" dpkg-query --show --showformat '${Package}\t${Version}\n' >packages
if [ -r "$tree/opt/minions-agent/VERSION" ]; then
    head -n 1 "$tree/opt/minions-agent/VERSION" >agent-version
fi

echo 'minions: making the file system'
rm -f disk
truncate --size "$3" disk
E2FSPROGS_FAKE_TIME=$5 mke2fs -q -F -t ext4 -L minions-root -U "$4" -m 1 -e remount-ro \
    -E "hash_seed=$4,lazy_itable_init=0,root_owner=0:0" -d "$tree" disk
