# shellcheck shell=bash
# What a step reaches of the machine: devices that belong to no hardware, and a kernel that it may look at
# and not change. What it reaches all the same is in docs/security.md.

# own_devices: a /dev of the step's own, with what container engines give. Not mounts but nodes: scripts
# bind /dev elsewhere, which takes no mounts along.
own_devices() {
	local at=/run/pibuild/dev console
	mkdir -p "${at}"
	mount -t tmpfs -o nosuid,mode=755 tmpfs "${at}"
	mknod -m 666 "${at}/null" c 1 3
	mknod -m 666 "${at}/zero" c 1 5
	mknod -m 666 "${at}/full" c 1 7
	mknod -m 666 "${at}/random" c 1 8
	mknod -m 666 "${at}/urandom" c 1 9
	mknod -m 666 "${at}/tty" c 5 0
	# console-setup writes into the image which consoles it finds. These are /dev/null by other names.
	for console in 1 2 3 4 5 6; do
		mknod -m 600 "${at}/tty${console}" c 1 3
	done
	mkdir "${at}/pts"
	mkdir -m 1777 "${at}/shm"
	ln -s pts/ptmx "${at}/ptmx"
	ln -s /proc/self/fd "${at}/fd"
	ln -s /proc/self/fd/0 "${at}/stdin"
	ln -s /proc/self/fd/1 "${at}/stdout"
	ln -s /proc/self/fd/2 "${at}/stderr"
	# The group is tty's, as everywhere in Debian.
	mount -t devpts -o newinstance,nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts "${at}/pts"
	mount --move "${at}" /dev
}

# guard_proc DIRECTORY: a mounted proc through which nobody changes the kernel, or reads its memory.
guard_proc() {
	local name
	for name in sys sysrq-trigger irq bus fs; do
		if [ -e "$1/${name}" ]; then
			mount -o bind,ro,nosuid,nodev,noexec "$1/${name}" "$1/${name}"
		fi
	done
	for name in kcore kmsg keys timer_list; do
		if [ -e "$1/${name}" ]; then
			mount --bind /dev/null "$1/${name}"
		fi
	done
}
export -f guard_proc

# confine: does all of this to the mounts of this process, which are nobody else's. With PIBUILD_HOST_DEVICES
# the machine's devices stay.
confine() {
	if [ -z "${PIBUILD_HOST_DEVICES}" ]; then
		own_devices
	fi
	unset PIBUILD_HOST_DEVICES
	guard_proc /proc
	if mountpoint -q /sys; then
		mount -o remount,bind,ro /sys
	fi
}
