/*
 * A stand-in for the program of the image tonistiigi/binfmt, for tests without a registry: the same
 * arguments, the same report, and the same exit code 0 whatever happens (its cmd/binfmt/main.go).
 * Registers the qemu programs of its own image for arm64 and arm.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define MISC "/proc/sys/fs/binfmt_misc"
#define MASK "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff"
#define ZEROS "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"

static const struct {
	const char *arch, *platform, *binary, *magic;
} configs[] = {
	{"arm64", "linux/arm64", "qemu-aarch64", "\\x7fELF\\x02\\x01\\x01" ZEROS "\\x02\\x00\\xb7\\x00"},
	{"arm", "linux/arm/v7", "qemu-arm", "\\x7fELF\\x01\\x01\\x01" ZEROS "\\x02\\x00\\x28\\x00"},
};
enum { count = sizeof configs / sizeof *configs };

/* 0, or the errno. */
static int put(const char *name, const char *text) {
	char path[512];
	snprintf(path, sizeof path, MISC "/%s", name);
	int file = open(path, O_WRONLY), error = 0;
	if (file < 0) return errno;
	if (write(file, text, strlen(text)) < 0) error = errno;
	close(file);
	return error;
}

static void install(const char *arch) {
	for (int i = 0; i < count; i++) {
		if (strcmp(configs[i].arch, arch) != 0) continue;
		char line[512];
		const char *binary = configs[i].binary;
		snprintf(line, sizeof line, ":%s:M:0:%s:" MASK ":/usr/bin/%s:CF", binary, configs[i].magic, binary);
		int error = put("register", line);
		if (error == 0) fprintf(stderr, "installing: %s OK\n", arch);
		else if (error == EEXIST) fprintf(stderr, "installing: %s %s already registered\n", arch, binary);
		else fprintf(stderr, "installing: %s cannot register: %s\n", arch, strerror(error));
		return;
	}
	fprintf(stderr, "installing: %s unsupported architecture\n", arch);
}

static void uninstall(const char *name) {
	int error = put(name, "-1");
	fprintf(stderr, "uninstalling: %s %s\n", name, error == 0 ? "OK" : "not found");
}

/* Whether a tiny program of the architecture ends with 42. */
static int runs(const char *arch) {
	char path[64];
	int status;
	snprintf(path, sizeof path, "/probe-%s", arch);
	pid_t child = fork();
	if (child == 0) {
		execl(path, path, NULL);
		_exit(1);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

static void report(void) {
	const char *comma = "";
	printf("{\n  \"supported\": [\"linux/amd64\"");
	for (int i = 0; i < count; i++)
		if (runs(configs[i].arch)) printf(", \"%s\"", configs[i].platform);
	printf("],\n  \"emulators\": [");
	DIR *misc = opendir(MISC);
	for (struct dirent *entry; misc && (entry = readdir(misc));) {
		const char *name = entry->d_name;
		if (*name == '.' || strcmp(name, "register") == 0 || strcmp(name, "status") == 0) continue;
		char path[512], text[16] = "";
		snprintf(path, sizeof path, MISC "/%s", name);
		int file = open(path, O_RDONLY);
		if (read(file, text, 7) == 7 && strcmp(text, "enabled") == 0) {
			printf("%s\"%s\"", comma, name);
			comma = ", ";
		}
		close(file);
	}
	printf("]\n}\n");
}

static void each(char *list, void (*act)(const char *)) {
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) act(word);
}

int main(int words, char **word) {
	setvbuf(stdout, NULL, _IOFBF, 65536);
	if (access(MISC "/status", F_OK) != 0 && mount("binfmt_misc", MISC, "binfmt_misc", 0, NULL) != 0) {
		fprintf(stderr, "error: %s\ncannot mount binfmt_misc filesystem at " MISC "\n", strerror(errno));
		return 0;
	}
	for (int i = 1; i + 1 < words; i += 2) {
		if (strcmp(word[i], "--install") == 0) each(word[i + 1], install);
		if (strcmp(word[i], "--uninstall") == 0) each(word[i + 1], uninstall);
	}
	fflush(stdout);
	report();
	return 0;
}
