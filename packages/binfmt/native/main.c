/*
 * twin private ..., twin shared ...   run a build step so that arm64 programs may be redirected.
 * chroot, capsh, apt-get              under these names: enters a chroot in which they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "enter.h"

_Noreturn void fail(const char *what) {
	fprintf(stderr, "twin: %s: %s\n", what, strerror(errno));
	exit(125);
}

_Noreturn void end_like(int status) {
	exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

void die_with_parent(void) {
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("prctl");
}

bool own_mounts(void) {
	return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

int main(int count, char **words) {
	const char *name = strrchr(words[0], '/');
	name = name ? name + 1 : words[0];
	static const char *const stands_for[] = {"chroot", "capsh", "apt-get"};
	for (size_t i = 0; i < sizeof stands_for / sizeof *stands_for; i++)
		if (strcmp(name, stands_for[i]) == 0) return enter(name, words);
	if (count > 4 && strcmp(words[1], "private") == 0) return run_private(words + 2);
	if (count > 5 && strcmp(words[1], "shared") == 0) return run_shared(words + 2);
	fprintf(stderr, "usage: twin private FILE -- COMMAND [ARGUMENT...]\n"
					"       twin shared NAME FILE -- COMMAND [ARGUMENT...]\n");
	return 125;
}
