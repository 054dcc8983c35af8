# own-network.pl [PORT SOCKET] -- COMMAND [ARGUMENT...]: runs a command in the network namespace of this process, which
# is new. Brings its loopback up; whoever connects to PORT there is joined to SOCKET, which leads out of it.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;

my ($port, $socket);
($port, $socket) = splice @ARGV, 0, 2 if $ARGV[0] ne "--";
shift @ARGV;

# netdevice(7): SIOCSIFFLAGS with IFF_UP.
my $any = IO::Socket::INET->new(Proto => "udp") or die "a socket: $!\n";
my $request = pack "Z16 s x22", "lo", 1;
ioctl $any, 0x8914, $request or die "own-network.pl: loopback cannot be brought up: $!\n";
close $any;

# Nobody's child, so that the command finds none that it did not start.
if (defined $port) {
	my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 64)
		or die "own-network.pl: port $port: $!\n";
	my $child = fork // die "fork: $!\n";
	if ($child == 0) {
		exit 0 if fork // die "fork: $!\n";
		relay($listener);
	}
	waitpid $child, 0;
}
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";

sub relay {
	my ($listener) = @_;
	# The command's output ends with the command.
	open STDIN, "<", "/dev/null";
	open STDOUT, ">", "/dev/null";
	open STDERR, ">", "/dev/null";
	chdir "/";
	$SIG{CHLD} = "IGNORE";
	while (1) {
		my $inner = $listener->accept or next;
		join_to_socket($inner) if fork == 0;
		close $inner;
	}
}

sub join_to_socket {
	my ($inner) = @_;
	my $outer = IO::Socket::UNIX->new(Peer => $socket) or exit 1;
	if (fork == 0) {
		copy($inner, $outer);
	} else {
		copy($outer, $inner);
	}
	exit 0;
}

# A write to somebody who has gone ends the process.
sub copy {
	my ($from, $to) = @_;
	while (sysread $from, my $bytes, 65536) {
		my $written = 0;
		$written += syswrite($to, $bytes, length($bytes) - $written, $written) // exit 1
			while $written < length $bytes;
	}
	shutdown $to, 1;
}
