# Keeps what a guest writes to its console, with nobody else about, and lets any number of clients share the console.
# Cloud Hypervisor serves one client at its serial socket and cuts it off when the next one comes: this is the one.
#
#   perl - SERIAL_SOCKET CLIENTS_SOCKET
#
# Descriptor 3 gives an end of file when the VMM has ended, 4 is the log. At a guest's reboot the serial socket is made
# anew. Uses only what perl-base has.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket;

my ($serial_path, $clients_path) = @ARGV;
my ($shortest, $longest) = (0.005, 0.1);
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

socket(my $server, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
unlink $clients_path;
bind($server, sockaddr_un($clients_path)) or die "bind $clients_path: $!";
listen($server, 16) or die "listen: $!";
unblock($server);

my ($serial, %clients);
my ($alive, $pause) = (1, $shortest);
while (1) {
    if (!$serial) {
        $serial = connected();
        exit 0 if !$serial && !$alive;
        $pause = $serial ? $shortest : $pause * 2 < $longest ? $pause * 2 : $longest;
    }
    my $wanted = '';
    vec($wanted, fileno $_, 1) = 1 for grep { defined } $server, $serial, values %clients, $alive ? $life : undef;
    my $ready = $wanted;
    next if select($ready, undef, undef, $serial ? undef : $pause) < 0;

    if ($alive && vec($ready, fileno $life, 1)) {
        $alive = defined take($life);
    }
    if (vec($ready, fileno $server, 1) && accept(my $client, $server)) {
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
