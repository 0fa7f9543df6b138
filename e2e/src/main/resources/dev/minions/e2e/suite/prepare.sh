# Makes a freshly booted host of the lab ready for suites. $1 is the directory of what the lab took in, $2 the one to put
# things ready in.
set -eu
payload=$1
ready=$2

# The agent answers long before the boot is over, and some of that empties /tmp. A unit that failed does not matter here.
timeout 120 systemctl is-system-running --wait >/dev/null || :

modprobe -a kvm_amd dm_thin_pool vhost_vsock tun bridge loop

# The first VM of a host and its last change the kernel's own code (a static key in the scheduler), and an emulator that translates
# code while another CPU changes it may keep what was: both CPUs of a host were seen to run into a breakpoint for good that was no
# longer there. One VM that never runs keeps the code as it is.
systemd-run --quiet --unit=lab-kvm perl -e 'open K, "+<", "/dev/kvm" or die $!; ioctl K, 0xAE01, 0 or die $!; sleep' # KVM_CREATE_VM
mkdir -p "$ready"
ln -sfn "$payload/java/bin/java" /usr/local/bin/java
[ ! -x "$payload/bin/cloud-hypervisor" ] || ln -sfn "$payload/bin/cloud-hypervisor" /usr/local/bin/cloud-hypervisor

# The contract's guest: the kernel of the real guest with an initramfs of busybox and of that kernel's own modules.
root=$(mktemp -d)
tree=$(mktemp -d)
mount -o loop,ro "$payload/guest/disk" "$root"
mkdir -p "$tree/bin" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/lab"
cp "$root/bin/busybox" "$tree/bin/busybox"
version=$(ls "$root/lib/modules")
number=10
for module in evdev button pvpanic-mmio pvpanic-pci virtio_pci virtio_blk virtio_mem; do
    modprobe --dirname "$root" --set-version "$version" --show-depends "$module"
done | while read -r kind path; do
    [ "$kind" = insmod ] || continue # built in
    name=${path##*/}
    # In the order of their dependencies.
    [ -n "$(find "$tree/lab" -name "*-$name")" ] || cp "$path" "$tree/lab/$number-$name"
    number=$((number + 1))
done
umount "$root"
cp "$payload/suite/guest-init" "$tree/init"
chmod 755 "$tree/init"
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$ready/contract-initrd"
truncate -s 1M "$ready/contract-disk"
chmod 755 "$ready"
chmod 644 "$ready"/*
rm -rf "$root" "$tree"
