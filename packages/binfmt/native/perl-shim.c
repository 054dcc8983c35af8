/*
 * Loaded into the twin's perl before libc. perl finds its modules' text in the tree, where it has
 * to; their compiled halves, and what perl asks about the machine and itself, must fit the twin.
 * Built without a libc: it is the twin's own that gives `dlsym`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "twin.h"

static const char *const libraries[] = {"/usr/lib/aarch64-linux-gnu/", "/lib/aarch64-linux-gnu/"};

static int starts_with(const char *text, const char *prefix) {
	while (*prefix)
		if (*text++ != *prefix++) return 0;
	return 1;
}

static int length_of(const char *text) {
	int length = 0;
	while (text[length]) length++;
	return length;
}

static ssize_t real_readlink(const char *path, char *target, size_t room) {
	ssize_t (*next)(const char *, char *, size_t) =
		(ssize_t(*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
	return next(path, target, room);
}

/* Where in the twin this perl, and by that its modules, lie. */
static const char *place_of(const char *program) {
	return starts_with(program, OLDER "/") ? OLDER : TWIN;
}

/* A compiled module of the tree is the one of the same name in the twin. */
void *dlopen(const char *path, int mode) {
	void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
	char self[sizeof OLDER + 1] = "", twin[1024];
	for (int i = 0; path && i < 2; i++) {
		const char *rest = path + length_of(libraries[i]);
		if (!starts_with(path, libraries[i]) || length_of(rest) > 900) continue;
		real_readlink("/proc/self/exe", self, sizeof self - 1);
		char *to = twin;
		for (const char *place = place_of(self); *place;) *to++ = *place++;
		*to++ = '/';
		while ((*to++ = *rest++)) {}
		return next(twin, mode);
	}
	return next(path, mode);
}

int uname(struct utsname *name) {
	static const char machine[] = "aarch64";
	int (*next)(struct utsname *) = (int (*)(struct utsname *))dlsym(RTLD_NEXT, "uname");
	int result = next(name);
	if (result == 0)
		for (int i = 0; i < (int)sizeof machine; i++) name->machine[i] = machine[i];
	return result;
}

/* /proc/self/exe, from which perl takes $^X. */
ssize_t readlink(const char *path, char *target, size_t room) {
	ssize_t size = real_readlink(path, target, room);
	if (size < (ssize_t)sizeof OLDER || !starts_with(path, "/proc/self/exe") || !starts_with(target, TWIN))
		return size;
	int prefix = length_of(place_of(target));
	for (ssize_t i = prefix; i < size; i++) target[i - prefix] = target[i];
	return size - prefix;
}
