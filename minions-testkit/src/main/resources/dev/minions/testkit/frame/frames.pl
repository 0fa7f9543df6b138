# Ethernet frames between a device and this process: each a length in 4 bytes, big-endian, and the frame.
# "tap NAME" is the guest's end of a TAP device; "packet NAME" hears what arrives at a device, and what leaves it.
use strict;
use warnings;
my ($kind, $name) = @ARGV;
my ($device, $header) = (undef, '');
if ($kind eq 'tap') {
    sysopen($device, '/dev/net/tun', 2) or die "open /dev/net/tun: $!";
    # TUNSETIFF; IFF_TAP, IFF_NO_PI and IFF_VNET_HDR
    ioctl($device, 0x400454ca, my $request = pack('a16 S x22', $name, 0x5002)) or die "take $name: $!";
    $header = "\0" x 10;
} else {
    my $all = pack('n', 3);    # ETH_P_ALL
    socket($device, 17, 3, unpack('S', $all)) or die "socket: $!";
    open(my $index, '<', "/sys/class/net/$name/ifindex") or die "look at $name: $!";
    bind($device, pack('S a2 l S C C a8', 17, $all, <$index>, 0, 0, 0, '')) or die "bind to $name: $!";
}
binmode STDIN;
binmode STDOUT;
$| = 1;
syswrite(STDOUT, pack('N', 0));
my ($in, $unread) = ('', '');
while (1) {
    vec($in, 0, 1) = 1;
    vec($in, fileno($device), 1) = 1;
    select(my $ready = $in, undef, undef, undef);
    if (vec($ready, fileno($device), 1)) {
        sysread($device, my $frame, 70000) // die "read: $!";
        $frame = substr($frame, length $header);
        syswrite(STDOUT, pack('N', length $frame) . $frame);
    }
    if (vec($ready, 0, 1)) {
        sysread(STDIN, $unread, 70000, length $unread) or exit;
        while (length $unread >= 4 && length $unread >= 4 + unpack('N', $unread)) {
            my $length = unpack('N', $unread);
            syswrite($device, $header . substr($unread, 4, $length));
            $unread = substr($unread, 4 + $length);
        }
    }
}
