/*
 * The interpreter that binfmt_misc starts for an arm64 program (flags P and O). Where the twin holds
 * the same program of the same build for this machine, that runs; else qemu does. The kernel calls
 * `redirect PATH ARGV0 ARGUMENT...` and hands over the program, opened, in AT_EXECFD.
 *
 * It trusts nothing that a tree can contain: the twin counts only where it is a squashfs mounted in
 * a real /proc, and a program is known by the build id that its linker computed over its content.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "twin.h"

/* A program's head, in which linkers put the notes. */
#define HEAD_SIZE 4096
#define BUILD_ID_SIZE 20
#define HEX_SIZE (2 * BUILD_ID_SIZE + 1)
/* Where `compose` maps qemu's file into this one; see src/twin/embed-qemu.ts. */
#define QEMU_ADDRESS 0x10000000
#define LIBRARIES "/lib/aarch64-linux-gnu"
/* linux/memfd.h since 6.3 */
#define MEMFD_EXEC 0x0010U

/* So that the program headers have an entry that `compose` may turn into one that maps qemu. */
__asm__(".section .note.qemu,\"a\",@note\n.long 4,0,0\n.ascii \"TWN\\0\"\n.previous\n");

static bool on_filesystem(const char *path, long magic) {
	struct statfs status;
	return statfs(path, &status) == 0 && (long)status.f_type == magic;
}

static bool twin_is_mounted(void) {
	return on_filesystem("/proc", PROC_SUPER_MAGIC) && on_filesystem(TWIN, SQUASHFS_MAGIC);
}

/* Whether a variable is set whose name begins with one of the words, which end with NULL. */
static bool is_set(char **environment, const char *const *prefixes) {
	for (; *environment; environment++)
		for (const char *const *prefix = prefixes; *prefix; prefix++)
			if (strncmp(*environment, *prefix, strlen(*prefix)) == 0) return true;
	return false;
}

/* They speak to the dynamic loader, libc or qemu, and name files or features of the target's. */
static const char *const loader_variables[] = {"LD_", "QEMU_", "GLIBC_", "GCONV_PATH=", NULL};
/* They name directories of modules. Others, such as debconf's PERL_DL_NONLAZY, do no harm. */
static const char *const perl_variables[] = {"PERL5", "PERLLIB=", NULL};

/* Writes the build id of the ELF file in hexadecimal; false where it has none in its head. */
static bool read_build_id(int fd, char *hex) {
	union {
		unsigned char bytes[HEAD_SIZE];
		Elf64_Ehdr elf;
	} head;
	ssize_t size = pread(fd, &head, sizeof head, 0);
	if (size < (ssize_t)sizeof head.elf || head.elf.e_phentsize != sizeof(Elf64_Phdr)) return false;
	for (int i = 0; i < head.elf.e_phnum; i++) {
		Elf64_Phdr segment;
		size_t at = head.elf.e_phoff + i * sizeof segment;
		if (head.elf.e_phoff > (size_t)size || at + sizeof segment > (size_t)size) return false;
		memcpy(&segment, head.bytes + at, sizeof segment);
		if (segment.p_type != PT_NOTE || segment.p_offset > (size_t)size) continue;
		size_t end = segment.p_offset + segment.p_filesz;
		if (segment.p_filesz > (size_t)size || end > (size_t)size) continue;
		for (size_t offset = segment.p_offset; offset + sizeof(Elf64_Nhdr) + 4 <= end;) {
			Elf64_Nhdr note;
			memcpy(&note, head.bytes + offset, sizeof note);
			size_t name = offset + sizeof note;
			size_t content = name + ((note.n_namesz + 3UL) & ~3UL);
			if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz == BUILD_ID_SIZE &&
			    memcmp(head.bytes + name, "GNU", 4) == 0 && content + BUILD_ID_SIZE <= end) {
				for (int byte = 0; byte < BUILD_ID_SIZE; byte++)
					sprintf(hex + 2 * byte, "%02x", head.bytes[content + byte]);
				return true;
			}
			offset = content + ((note.n_descsz + 3UL) & ~3UL);
		}
	}
	return false;
}

/* Whether the twin holds the same build of every compiled perl module below a directory. */
static bool modules_are_known(const char *directory, int depth) {
	DIR *entries = opendir(directory);
	if (entries == NULL) return true;
	bool known = true;
	for (struct dirent *entry; known && (entry = readdir(entries)) != NULL;) {
		if (entry->d_name[0] == '.') continue;
		char path[512], hex[HEX_SIZE], twin[512];
		if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path || depth == 0) {
			known = false;
		} else if (entry->d_type == DT_DIR) {
			known = modules_are_known(path, depth - 1);
		} else {
			size_t length = strlen(path);
			if (length < 3 || strcmp(path + length - 3, ".so") != 0) continue;
			int fd = open(path, O_RDONLY | O_CLOEXEC);
			known = fd >= 0 && read_build_id(fd, hex);
			close(fd);
			if (!known) break;
			snprintf(twin, sizeof twin, TWIN "/run/module/%s", hex);
			known = access(twin, F_OK) == 0;
		}
	}
	closedir(entries);
	return known;
}

/* perl loads compiled modules: all that it could find here must be in the twin. */
static bool perl_is_alike(char **environment) {
	return !is_set(environment, perl_variables) && access(LIBRARIES "/perl-base", F_OK) == 0 &&
	       access("/usr/local/lib/aarch64-linux-gnu/perl", F_OK) != 0 &&
	       modules_are_known(LIBRARIES "/perl5", 8);
}

static bool is_one_of(const char *word, const char *const *words) {
	for (; word && *words; words++)
		if (strcmp(word, *words) == 0) return true;
	return false;
}

/*
 * python loads compiled modules for almost everything. Compiling to bytecode needs none: here are
 * the ways in which Debian's packages start it for that.
 */
static bool python_only_compiles(char **arguments) {
	static const char *const flags[] = {"-E", "-S", "-O", "-OO", NULL};
	static const char *const scripts[] = {"/usr/bin/py3compile", "/usr/bin/py3clean", NULL};
	static const char *const questions[] = {
		"import imp; print(imp.get_magic())",
		"import imp; print(imp.get_tag())",
		"import importlib.util; print(importlib.util.MAGIC_NUMBER)",
		"import sys; print(sys.implementation.cache_tag)",
		NULL,
	};
	static const char library[] = "/usr/lib/python3", compiler[] = "/py_compile.py";
	while (is_one_of(*arguments, flags)) arguments++;
	if (!*arguments) return false;
	const char *first = *arguments, *second = arguments[1];
	if (is_one_of(first, scripts)) return true;
	if (strcmp(first, "-m") == 0) return second && strcmp(second, "py_compile") == 0;
	if (strcmp(first, "-c") == 0) return is_one_of(second, questions);
	const char *end = strrchr(first, '/');
	return strncmp(first, library, sizeof library - 1) == 0 && end && strcmp(end, compiler) == 0;
}

/* What else it does may load a provider or an engine, or tell the machine. */
static bool openssl_only_hashes(char **arguments) {
	return *arguments && strcmp(*arguments, "rehash") == 0;
}

/* Becomes the twin's program of that build, if the twin lists it in this directory. */
static void run_twin(const char *list, const char *hex, char **arguments, char **environment) {
	char path[sizeof TWIN + 64];
	snprintf(path, sizeof path, TWIN "/run/%s/%s", list, hex);
	execve(path, arguments, environment);
}

static void redirect(int fd, char **arguments, char **environment) {
	char hex[HEX_SIZE];
	if (!read_build_id(fd, hex)) return;
	run_twin("always", hex, arguments, environment);
	char path[sizeof TWIN + 64];
	snprintf(path, sizeof path, TWIN "/run/perl/%s", hex);
	if (access(path, F_OK) == 0 && perl_is_alike(environment)) run_twin("perl", hex, arguments, environment);
	if (python_only_compiles(arguments + 1)) run_twin("python", hex, arguments, environment);
	if (openssl_only_hashes(arguments + 1)) run_twin("openssl", hex, arguments, environment);
}

/* qemu from memory: where the twin is not mounted, no path leads to a file outside this tree. */
static void run_embedded_qemu(char **arguments, char **environment) {
	const Elf64_Phdr *segments = (const Elf64_Phdr *)getauxval(AT_PHDR);
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
		if (segments[i].p_type != PT_LOAD || segments[i].p_vaddr != QEMU_ADDRESS) continue;
		/* Where memory must not be executed (vm.memfd_noexec) one has to ask; older kernels know no such flag. */
		int fd = memfd_create("qemu-aarch64", MFD_CLOEXEC | MEMFD_EXEC);
		if (fd < 0) fd = memfd_create("qemu-aarch64", MFD_CLOEXEC);
		const char *bytes = (const char *)QEMU_ADDRESS;
		for (size_t left = segments[i].p_filesz; left > 0;) {
			ssize_t written = write(fd, bytes, left);
			if (written < 0) return;
			bytes += written;
			left -= written;
		}
		syscall(SYS_execveat, fd, "", arguments, environment, AT_EMPTY_PATH);
	}
}

int main(int count, char **words, char **environment) {
	if (count < 3) {
		dprintf(2, "redirect: to be started by the kernel's binfmt_misc, with flag P\n");
		return 126;
	}
	char *path = words[1];
	bool mounted = twin_is_mounted();
	int fd = (int)getauxval(AT_EXECFD);
	char by_number[32];
	if (getauxval(AT_SECURE)) {
		/*
		 * Rights come from the program's file: it must be that file that runs, and not what its path
		 * leads to by now; and no path leads to a qemu that one could trust.
		 */
		if (fd <= 0 || !on_filesystem("/proc/self/fd", PROC_SUPER_MAGIC)) {
			dprintf(2, "redirect: a program with rights of its own needs /proc\n");
			return 126;
		}
		snprintf(by_number, sizeof by_number, "/proc/self/fd/%d", fd);
		path = by_number;
		mounted = false;
	} else if (fd > 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (mounted && fd >= 0 && !is_set(environment, loader_variables))
		redirect(fd, words + 2, environment);

	/* qemu opens the program itself; one that may be run but not read it gets as a copy. */
	if (fd >= 0 && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0) {
		int copy = memfd_create("program", 0);
		while (sendfile(copy, fd, NULL, 1 << 30) > 0) {}
		snprintf(by_number, sizeof by_number, "/proc/self/fd/%d", copy);
		path = by_number;
	}
	char **arguments = calloc(count + 2, sizeof *arguments);
	if (arguments == NULL) return 126;
	arguments[0] = "qemu-aarch64";
	arguments[1] = "-0";
	arguments[2] = words[2];
	arguments[3] = path;
	memcpy(arguments + 4, words + 3, (count - 3) * sizeof *words);
	if (mounted) execve(TWIN "/qemu", arguments, environment);
	run_embedded_qemu(arguments, environment);
	dprintf(2, "redirect: qemu does not start: %m\n");
	return 126;
}
