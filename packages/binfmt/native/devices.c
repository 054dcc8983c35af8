/*
 * Making device nodes is the one thing that packages do and a user namespace may not. The kernel
 * holds such a call and tells us; we make the node as root, inside the caller's root and from its
 * working directory, with its umask and owner, and give the caller our result.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"

/* linux/seccomp.h and linux/filter.h, which musl does not bring. */
struct sock_filter {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};
struct sock_fprog {
	unsigned short len;
	struct sock_filter *filter;
};
struct seccomp_data {
	int nr;
	uint32_t arch;
	uint64_t instruction_pointer, args[6];
};
struct notification {
	uint64_t id;
	uint32_t pid, flags;
	struct seccomp_data data;
};
struct response {
	uint64_t id;
	int64_t val;
	int32_t error;
	uint32_t flags;
};
#define SET_MODE_FILTER 1
#define FILTER_FLAG_NEW_LISTENER 8
#define RET_ALLOW 0x7fff0000u
#define RET_USER_NOTIF 0x7fc00000u
#define AUDIT_ARCH_X86_64 0xc000003eu
#define NOTIF_RECV _IOWR('!', 0, struct notification)
#define NOTIF_SEND _IOWR('!', 1, struct response)
#define NOTIF_ID_VALID _IOW('!', 2, uint64_t)

#define LOAD(field) {0x20, 0, 0, offsetof(struct seccomp_data, field)}
#define MASK(value) {0x54, 0, 0, value}
#define IF_EQUAL(value, yes, no) {0x15, yes, no, value}
#define RETURN(value) {0x06, 0, 0, value}

int hold_devices(void) {
	struct sock_filter program[] = {
		LOAD(arch),
		IF_EQUAL(AUDIT_ARCH_X86_64, 0, 9),
		LOAD(nr),
		IF_EQUAL(SYS_mknodat, 3, 0),
		IF_EQUAL(SYS_mknod, 0, 6),
		LOAD(args[1]),
		{0x05, 0, 0, 1}, /* jump over the next */
		LOAD(args[2]),
		MASK(S_IFMT),
		IF_EQUAL(S_IFCHR, 2, 0),
		IF_EQUAL(S_IFBLK, 1, 0),
		RETURN(RET_ALLOW),
		RETURN(RET_USER_NOTIF),
	};
	struct sock_fprog filter = {sizeof program / sizeof *program, program};
	int listener = syscall(SYS_seccomp, SET_MODE_FILTER, FILTER_FLAG_NEW_LISTENER, &filter);
	if (listener < 0) fail("seccomp");
	return listener;
}

/* A field of /proc/PID/status, in the base given. */
static unsigned long status_field(pid_t pid, const char *name, int column, int base) {
	char path[64], line[256];
	unsigned long value = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *status = fopen(path, "re");
	if (status == NULL) return 0;
	while (fgets(line, sizeof line, status)) {
		if (strncmp(line, name, strlen(name)) != 0) continue;
		char *at = line + strlen(name);
		for (int i = 0; i <= column; i++) value = strtoul(at, &at, base);
		break;
	}
	fclose(status);
	return value;
}

static int open_of(pid_t pid, const char *what) {
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	return open(path, O_PATH | O_CLOEXEC);
}

/* In a process of its own, because it changes its root. Gives 0 or an errno. */
static int make_device(const struct notification *call, int listener) {
	bool at = call->data.nr == SYS_mknodat;
	const uint64_t *args = call->data.args + (at ? 1 : 0);
	pid_t pid = call->pid;
	char path[4096] = "", from[32] = "cwd";
	struct iovec here = {path, sizeof path - 1};
	/* A page at a time: the string may end just before memory that is not mapped. */
	for (size_t done = 0; done < sizeof path - 1 && memchr(path, 0, done) == NULL;) {
		size_t part = 4096 - (args[0] + done) % 4096;
		if (part > sizeof path - 1 - done) part = sizeof path - 1 - done;
		here.iov_base = path + done;
		here.iov_len = part;
		struct iovec there = {(void *)(args[0] + done), part};
		if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)part) return EFAULT;
		done += part;
		if (memchr(path, 0, done) != NULL) break;
	}
	if (at && (int)call->data.args[0] != AT_FDCWD) snprintf(from, sizeof from, "fd/%d", (int)call->data.args[0]);
	int root = open_of(pid, "root"), directory = open_of(pid, from);
	mode_t mask = status_field(pid, "Umask:", 0, 8);
	/* Columns: real, effective, saved, file system. */
	uid_t user = status_field(pid, "Uid:", 3, 10);
	gid_t group = status_field(pid, "Gid:", 3, 10);
	uint64_t id = call->id;
	/* Only now is it certain that the pid was still that of the caller. */
	if (ioctl(listener, NOTIF_ID_VALID, &id) != 0) return ESRCH;
	if (root < 0 || directory < 0) return EBADF;
	if (user != 0) return EPERM;
	if (fchdir(root) != 0 || chroot(".") != 0 || fchdir(directory) != 0) return errno;
	umask(mask);
	setfsgid(group);
	return mknod(path, (mode_t)args[1], (dev_t)args[2]) == 0 ? 0 : errno;
}

void make_devices(int listener) {
	struct notification call;
	struct pollfd news = {listener, POLLIN, 0};
	for (;;) {
		/* Asked to receive when there is nobody left, the kernel would say what it says of one that has died. */
		if (poll(&news, 1, -1) < 0 && errno == EINTR) continue;
		if (!(news.revents & POLLIN)) return;
		memset(&call, 0, sizeof call);
		if (ioctl(listener, NOTIF_RECV, &call) != 0) {
			if (errno == EINTR || errno == ENOENT) continue;
			return;
		}
		pid_t worker = fork();
		if (worker == 0) _exit(make_device(&call, listener));
		int status;
		if (worker < 0 || waitpid(worker, &status, 0) < 0 || !WIFEXITED(status)) status = EPERM << 8;
		int error = WEXITSTATUS(status);
		struct response answer = {call.id, 0, -error, 0};
		ioctl(listener, NOTIF_SEND, &answer);
	}
}
