/* What the two programs share: where a chroot sees the twin, and what a mounted one looks like. */
#ifndef TWIN_H
#define TWIN_H

/*
 * A directory that exists in every /proc for something to be mounted on, so the twin needs no
 * directory in any tree; and what it hides from a chroot is empty there anyway.
 */
#define TWIN "/proc/sys/fs/binfmt_misc"
/* Programs of the versions that a release began with; the same in src/twin/compose/twin-files.ts. */
#define OLDER TWIN "/older"

/* linux/magic.h */
#define PROC_SUPER_MAGIC 0x9fa0
#define SQUASHFS_MAGIC 0x73717368

#endif
