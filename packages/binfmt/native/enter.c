/*
 * In place of `chroot`, `capsh` and `apt-get` while a step runs: mounts the twin in the chroot, joins the user
 * namespace in which arm64 programs are redirected, and becomes the real one. Where that is not
 * possible it becomes the real one all the same, and programs are emulated.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"
#include "twin.h"

/* Laid out by the runner; see packages/pigen-runner. */
#define REAL_PROGRAMS "/run/pibuild/twin/real/"
#define TWIN_SOURCE "/run/pibuild/twin/tree"

/* linux/mount.h and linux/openat2.h, which musl does not bring. */
#define OPEN_TREE_CLONE 1
#define MOVE_MOUNT_F_EMPTY_PATH 0x04
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#define RESOLVE_NO_SYMLINKS 0x04
struct open_how {
	uint64_t flags, mode, resolve;
};

/* Where the argument starts with the prefix, what follows it. */
static const char *after(const char *prefix, const char *word) {
	return strncmp(word, prefix, strlen(prefix)) == 0 ? word + strlen(prefix) : NULL;
}

/* The directory in which the program will start others, or NULL where that is none but our own. */
static const char *root_of(const char *program, char **words) {
	const char *root = NULL;
	for (words++; *words && !root; words++) {
		if (strcmp(program, "chroot") == 0) root = **words != '-' ? *words : NULL;
		else if (strcmp(program, "apt-get") == 0) root = after("DPkg::Chroot-Directory=", *words);
		else if (strcmp(*words, "--") == 0) return NULL;
		else root = after("--chroot=", *words);
	}
	return root;
}

/* Whether `chroot` is to mount something: what it mounts has to outlast it, as debootstrap's /proc does. */
static bool mounts(const char *program, const char *root, char **words) {
	if (strcmp(program, "chroot") != 0) return false;
	while (*words && *words != root) words++;
	const char *command = *words ? words[1] : NULL;
	if (command == NULL) return false;
	const char *slash = strrchr(command, '/');
	const char *name = slash ? slash + 1 : command;
	return strcmp(name, "mount") == 0 || strcmp(name, "umount") == 0;
}

/* Where the twin goes in a root that has /proc, or -1. A tree cannot lead elsewhere: symlinks are refused. */
static int open_place(const char *root) {
	int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct open_how how = {O_PATH | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS};
	int target = syscall(SYS_openat2, directory, &TWIN[1], &how, sizeof how);
	close(directory);
	struct statfs status;
	if (target >= 0 && fstatfs(target, &status) == 0 && status.f_type == PROC_SUPER_MAGIC) return target;
	close(target);
	return -1;
}

/* In mounts of our own: nothing that has no place for it may lose its mounts for that. */
static bool mount_twin(const char *root) {
	int target = open_place(root);
	if (target < 0) return false;
	close(target);
	if (!own_mounts()) return false;
	/* Again: a directory that was opened before is one of the mounts outside. */
	target = open_place(root);
	int tree = syscall(SYS_open_tree, AT_FDCWD, TWIN_SOURCE, OPEN_TREE_CLONE | O_CLOEXEC);
	if (tree < 0) return false;
	int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
	bool moved = syscall(SYS_move_mount, tree, "", target, "", flags) == 0;
	close(tree);
	close(target);
	return moved;
}

static void send_listener(int socket, int listener) {
	char control[CMSG_SPACE(sizeof listener)] = {0};
	struct iovec byte = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof listener);
	memcpy(CMSG_DATA(header), &listener, sizeof listener);
	if (sendmsg(socket, &message, 0) != 1) fail("sendmsg");
}

static int receive_listener(int socket) {
	int listener;
	char byte, control[CMSG_SPACE(sizeof listener)];
	struct iovec room = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &room, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header == NULL) return -1;
	memcpy(&listener, CMSG_DATA(header), sizeof listener);
	return listener;
}

/* The capabilities that this process may not get back, a bit each: those that are not in its bounding set. */
static uint64_t dropped_capabilities(void) {
	uint64_t dropped = 0;
	for (unsigned long number = 0; number < 64; number++)
		if (prctl(PR_CAPBSET_READ, number) == 0) dropped |= 1ull << number;
	return dropped;
}

/*
 * The child's part: inside the user namespace, with mounts of its own that it may change. Joining
 * gives it every capability, also those that a caller has dropped, as pi-gen does with cap_setfcap.
 */
static void join(int users, int socket) {
	die_with_parent();
	uint64_t dropped = dropped_capabilities();
	if (setns(users, CLONE_NEWUSER) != 0) fail("setns");
	if (!own_mounts()) fail("making mounts of its own");
	send_listener(socket, hold_devices());
	for (unsigned long number = 0; number < 64; number++)
		if (dropped >> number & 1 && prctl(PR_CAPBSET_DROP, number) != 0) fail("dropping a capability");
}

static volatile sig_atomic_t supervised;

/* A terminal has sent it to the child as well. */
static void hand_on(int number, siginfo_t *from, void *context) {
	(void)context;
	if (from->si_code <= 0) kill(supervised, number);
}

/* Outside the namespace: makes devices for the child, which may not, and ends as it ends. */
static _Noreturn void supervise(pid_t child, int socket) {
	static const int handed_on[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, 0};
	supervised = child;
	struct sigaction action = {.sa_sigaction = hand_on, .sa_flags = SA_SIGINFO | SA_RESTART};
	for (const int *number = handed_on; *number; number++) sigaction(*number, &action, NULL);
	int listener = receive_listener(socket), status;
	if (listener >= 0 && fork() == 0) {
		die_with_parent();
		make_devices(listener);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) fail("wait");
	end_like(status);
}

/* The user namespace of the step that this process belongs to; -1 where it is in no other than ours. */
static int user_namespace(void) {
	struct stat ours, its;
	if (stat("/proc/self/ns/user", &ours) != 0 || stat("/proc/1/ns/user", &its) != 0) return -1;
	if (ours.st_ino == its.st_ino) return -1;
	return open("/proc/1/ns/user", O_RDONLY | O_CLOEXEC);
}

int enter(const char *program, char **words) {
	char real[sizeof REAL_PROGRAMS + 16];
	snprintf(real, sizeof real, REAL_PROGRAMS "%s", program);
	const char *root = root_of(program, words);
	int users = user_namespace();
	if (root != NULL && !mounts(program, root, words) && mount_twin(root) && users >= 0) {
		int sockets[2];
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) fail("socketpair");
		pid_t child = fork();
		if (child < 0) fail("fork");
		if (child != 0) {
			close(sockets[1]);
			supervise(child, sockets[0]);
		}
		join(users, sockets[1]);
	}
	execv(real, words);
	fail(real);
}
