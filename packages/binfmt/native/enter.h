/* What run.c, enter.c and devices.c share. */
#ifndef ENTER_H
#define ENTER_H

#include <stdbool.h>
#include <sys/types.h>

/* Says what failed, with errno's words, and ends with 125. */
_Noreturn void fail(const char *what);

/* Ends as a child ended: with its exit code, or 128 and its signal's number. */
_Noreturn void end_like(int status);

/* Makes this process die with its parent. */
void die_with_parent(void);

/*
 * Gives this process mounts of its own: what it mounts from here on is seen by nobody else. A new
 * mount namespace alone does not do that: where `/` is shared, as systemd makes it, what is mounted
 * in the copy appears in the original as well.
 */
bool own_mounts(void);

/* Installs a filter that holds device-making system calls of this process; gives its listener. */
int hold_devices(void);

/* Makes the devices that processes behind a listener ask for, until the last of them has ended. */
void make_devices(int listener);

int run_private(char **words);
int run_shared(char **words);
int enter(const char *program, char **words);

#endif
