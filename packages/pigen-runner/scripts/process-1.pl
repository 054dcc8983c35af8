# process-1.pl COMMAND [ARGUMENT...]: runs a command and ends as it ends. As process 1 of a pid namespace, whose
# /proc everybody in it sees, it has an empty directory for a root, and reaps what the others leave.
use strict;
use warnings;

exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n" if $$ != 1;
my $command = fork // die "fork: $!\n";
if ($command == 0) {
	exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
}
chdir "/run/pibuild/empty" or die "/run/pibuild/empty: $!\n";
chroot "." or die "chroot: $!\n";
while ((my $ended = wait) != -1) {
	next if $ended != $command;
	exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}
