/*
 * A stand-in for nOSh: a real arm64 program, and nothing of the product. It shows a file of its assets
 * on the console and stays. Without a C library, so that its bytes follow from this text and the
 * compiler alone.
 *
 *   nosh             shows assets/banner.txt, then waits until it is told to end
 *   nosh --version   says what it is
 *   nosh --check     ends with 0 if it could run
 */

enum { openat = 56, close = 57, read = 63, write = 64, ppoll = 73, exit_group = 94 };

static long call(long number, long a, long b, long c, long d) {
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}

static int same(const char *a, const char *b) {
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static void say(const char *text) {
	long length = 0;
	while (text[length]) length++;
	call(write, 1, (long)text, length, 0);
}

/* Copies the file to standard output where `shown`; whether it could be read. */
static int banner(int shown) {
	char bytes[512];
	long got, file = call(openat, -100 /* AT_FDCWD */, (long)"assets/banner.txt", 0, 0);
	if (file < 0) return 0;
	while ((got = call(read, file, (long)bytes, sizeof bytes, 0)) > 0)
		if (shown) call(write, 1, (long)bytes, got, 0);
	call(close, file, 0, 0, 0);
	return got == 0;
}

__attribute__((used)) static void run(long *stack) {
	char **arguments = (char **)(stack + 1);
	long status = 0;
	if (stack[0] > 1 && same(arguments[1], "--version")) {
		say("nosh 0 (a stand-in)\n");
	} else if (stack[0] > 1 && same(arguments[1], "--check")) {
		status = !banner(0);
	} else if (banner(1)) {
		for (;;) call(ppoll, 0, 0, 0, 0);
	} else {
		say("nosh: assets/banner.txt cannot be read\n");
		status = 1;
	}
	call(exit_group, status, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl run\n");
