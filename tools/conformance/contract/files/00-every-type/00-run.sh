#!/bin/bash -e
cd "${ROOTFS_DIR}/srv"
mkdir types
mknod -m 640 types/null c 1 3
mknod types/loop b 7 9
mkfifo -m 600 types/fifo
ln -s ../kept/deep/file types/link
ln -s /nowhere types/dangling
echo setuid >types/setuid
chown 1234:4321 types/setuid
chmod 4755 types/setuid
mkdir -m 3777 types/sticky
setfattr -n user.note -v "some text" types/setuid
setfattr -n trusted.note -v 0x0001ff types/sticky
printf 'a' >"types/new
line"
# As mkswap and firmware have them: zeros that take blocks.
dd if=/dev/zero of=types/zeros bs=64K count=2 status=none
