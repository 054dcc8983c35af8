/*
 * twin private FILE -- COMMAND [ARGUMENT...]
 *
 * binfmt_misc belongs to a user namespace since Linux 6.7: what is registered in one is seen by the
 * processes in it, and by nobody else on the machine. FILE says what to register. The command itself stays outside, with all of
 * root's rights; only what it starts through `chroot` and the like is inside (enter.c). The namespace
 * is that of the command's process 1, so that it ends with the last of the command's processes.
 *
 * twin shared NAME FILE -- COMMAND [ARGUMENT...]
 *
 * For older kernels: registers NAME for the whole machine while the command runs. Programs of
 * others meet the redirect then, find no twin, and are emulated by the qemu inside it. NAME is taken
 * back however the command ends, and also where the caller is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"
#include "twin.h"

/* Every id means itself inside: an image's files belong to whom they belong. */
static const char identity[] = "0 0 4294967295";

static void write_file(const char *path, const char *text) {
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0) fail(path);
}

/* Registers what a file says, a line each in the words of binfmt_misc. */
static void register_handlers(const char *path) {
	static char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof text - 1) < 0 || close(fd) != 0) fail(path);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		write_file(TWIN "/register", line);
}

/*
 * Leaves this process an empty root: programs in the chroot belong to the same user namespace, and would find
 * the builder's tree at /proc/1/root. What is registered lives as long as its file system is open here.
 */
static void leave_tree(void) {
	if (open(TWIN, O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0) fail(TWIN);
	if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,mode=555") != 0 || chdir("/run") != 0)
		fail("mounting an empty root");
	/* What lies below the new root is the old one, pivot_root(2); a builder that runs from an initramfs has none to give. */
	bool moved = syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0;
	if ((!moved && chroot(".") != 0) || chdir("/") != 0) fail("an empty root");
}

static void write_map(pid_t child, const char *name) {
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", child, name);
	write_file(path, identity);
}

/* Process 1 of the command's pid namespace: holds the registration, and reaps. */
static _Noreturn void hold(int mapped, int ready, const char *registration) {
	char byte;
	die_with_parent();
	if (read(mapped, &byte, 1) != 1) _exit(125);
	if (!own_mounts()) fail("making mounts of its own");
	if (mount("binfmt_misc", TWIN, "binfmt_misc", 0, NULL) != 0) fail("mounting a binfmt_misc of its own");
	register_handlers(registration);
	leave_tree();
	if (write(ready, "", 1) != 1) _exit(125);
	close(ready);
	/* Nobody asks how orphans ended: the kernel reaps those of a process that ignores SIGCHLD. */
	signal(SIGCHLD, SIG_IGN);
	for (;;) pause();
}

/* The command, in a pid namespace that was made for it. */
static _Noreturn void command(char **words) {
	die_with_parent();
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) fail("mounting /proc");
	execvp(words[0], words);
	fail(words[0]);
}

static int wait_for(pid_t child) {
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) fail("wait");
	return status;
}

/* Starts the command in mounts of its own, with a host name of its own, and gives its status when it has ended. */
static int run_command(char **words) {
	if (!words[0] || strcmp(words[0], "--") != 0 || !words[1]) {
		errno = EINVAL;
		fail("no command");
	}
	if (!own_mounts()) fail("making mounts of its own");
	if (unshare(CLONE_NEWUTS) != 0) fail("making a host name of its own");
	pid_t child = fork();
	if (child < 0) fail("fork");
	if (child == 0) command(words + 1);
	return wait_for(child);
}

int run_private(char **words) {
	int mapped[2], ready[2];
	char byte, path[64];
	if (pipe2(mapped, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0) fail("pipe");
	pid_t holder = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
	if (holder < 0) fail("making a user namespace");
	if (holder == 0) {
		close(ready[0]);
		/* Else it would wait for itself where this process has failed. */
		close(mapped[1]);
		hold(mapped[0], ready[1], words[0]);
	}
	close(ready[1]);
	write_map(holder, "uid_map");
	write_map(holder, "gid_map");
	/* Where it failed, it has said why. */
	if (write(mapped[1], "", 1) != 1 || read(ready[0], &byte, 1) != 1) return 125;
	snprintf(path, sizeof path, "/proc/%d/ns/pid", holder);
	int pids = open(path, O_RDONLY | O_CLOEXEC);
	if (pids < 0 || setns(pids, CLONE_NEWPID) != 0) fail(path);
	int status = run_command(words + 1);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	end_like(status);
}

static volatile sig_atomic_t child_of_shared;

static void hand_on(int signal) {
	if (child_of_shared > 0) kill(child_of_shared, signal);
}

/*
 * Asks for SIGTERM when the caller dies, in place of the SIGKILL that callers have set: a process
 * that is killed cannot take back what it registered.
 */
static void end_with_caller(pid_t caller) {
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) fail("prctl");
	if (getppid() != caller) exit(128 + SIGTERM);
}

int run_shared(char **words) {
	char entry[sizeof TWIN + 128];
	pid_t caller = getppid();
	snprintf(entry, sizeof entry, TWIN "/%s", words[0]);
	if (!own_mounts()) fail("making mounts of its own");
	if (access(TWIN "/register", F_OK) != 0 && mount("binfmt_misc", TWIN, "binfmt_misc", 0, NULL) != 0)
		fail("mounting binfmt_misc");
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	sigset_t held, before;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) sigaddset(&held, ends[i]);
	/* What arrives before there is a child to hand it to waits. */
	sigprocmask(SIG_BLOCK, &held, &before);
	end_with_caller(caller);
	/* Through a child, which may end in any way: the entry is taken back all the same. */
	child_of_shared = fork();
	if (child_of_shared < 0) fail("fork");
	if (child_of_shared == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		die_with_parent();
		register_handlers(words[1]);
		if (unshare(CLONE_NEWPID) != 0) fail("unshare");
		end_like(run_command(words + 2));
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) signal(ends[i], hand_on);
	sigprocmask(SIG_SETMASK, &before, NULL);
	int status = wait_for(child_of_shared);
	if (access(entry, F_OK) == 0) write_file(entry, "-1");
	end_like(status);
}
