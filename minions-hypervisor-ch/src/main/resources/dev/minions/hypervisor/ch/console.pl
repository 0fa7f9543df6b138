# Keeps what a guest writes to its console, with nobody else about, and lets any number of clients share the console.
# Cloud Hypervisor serves one client at its serial socket and cuts it off when the next one comes: this is the one.
#
#   perl - SERIAL_SOCKET CLIENTS_SOCKET
#
# Descriptor 3 gives an end of file when the VMM has ended, 4 is the log. At a guest's reboot the serial socket is made
# anew. The clients' socket is made when the serial one is connected: who sees it may boot the guest, and no line is
# lost. Uses only what perl-base has.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket;

my ($serial_path, $clients_path) = @ARGV;
my $pause = 0.005;
my $most = 65536;
open(my $life, '<&=', 3) or die "descriptor 3: $!";
open(my $log, '>&=', 4) or die "descriptor 4: $!";
$SIG{PIPE} = 'IGNORE';

sub unblock { fcntl($_[0], F_SETFL, fcntl($_[0], F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!" }

# Undefined at the end of file, empty if there is nothing yet.
sub take {
    my $count = sysread($_[0], my $bytes, $most);
    return $bytes if $count;
    return defined $count || ($! != EAGAIN && $! != EINTR) ? undef : '';
}

sub keep {
    my ($bytes) = @_;
    while (length $bytes) {
        my $count = syswrite($log, $bytes);
        defined $count or $! == EINTR or exit 1;
        substr($bytes, 0, $count || 0) = '';
    }
}

sub connected {
    socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
    connect($socket, sockaddr_un($serial_path)) or return undef;
    unblock($socket);
    return $socket;
}

sub served {
    socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
    bind($socket, sockaddr_un($clients_path)) or die "bind $clients_path: $!";
    listen($socket, 16) or die "listen: $!";
    unblock($socket);
    return $socket;
}

my ($serial, $server, %clients);
my $alive = 1;
while (1) {
    if (!$serial) {
        $serial = connected();
        exit 0 if !$serial && !$alive;
        $server ||= served() if $serial;
    }
    my $wanted = '';
    vec($wanted, fileno $_, 1) = 1 for grep { defined } $server, $serial, values %clients, $alive ? $life : undef;
    my $ready = $wanted;
    next if select($ready, undef, undef, $serial ? undef : $pause) < 0;

    if ($alive && vec($ready, fileno $life, 1)) {
        $alive = defined take($life);
    }
    if ($server && vec($ready, fileno $server, 1) && accept(my $client, $server)) {
        unblock($client);
        $clients{fileno $client} = $client;
    }
    if ($serial && vec($ready, fileno $serial, 1)) {
        my $bytes = take($serial);
        if (defined $bytes) {
            keep($bytes);
            # A client that does not read misses something; nobody waits for it.
            syswrite($_, $bytes) for values %clients;
        } else {
            undef $serial;
        }
    }
    for my $client (grep { vec($ready, fileno $_, 1) } values %clients) {
        my $bytes = take($client);
        if (!defined $bytes) {
            delete $clients{fileno $client};
        } elsif ($serial && length $bytes) {
            syswrite($serial, $bytes);
        }
    }
}
