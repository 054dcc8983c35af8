#!/bin/bash -e

etc="${ROOTFS_DIR}/etc"

# Before every other rule: the first that answers counts.
install -d "${etc}/polkit-1/rules.d"
install -m 644 files/50-kn86.rules "${etc}/polkit-1/rules.d/00-kn86.rules"

install -D -m 644 files/journald.conf "${etc}/systemd/journald.conf.d/50-kn86.conf"
rm -rf "${ROOTFS_DIR}/var/log/journal"

install -D -m 644 files/sysctl.conf "${etc}/sysctl.d/50-kn86.conf"
install -D -m 644 files/modules.conf "${etc}/modprobe.d/kn86.conf"

# Keys that would stop the machine or open a shell.
for unit in ctrl-alt-del.target debug-shell.service; do
	ln -snf /dev/null "${etc}/systemd/system/${unit}"
done

# A kiosk runs what it was built with: nothing looks for updates by itself.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer man-db.timer; do
	ln -snf /dev/null "${etc}/systemd/system/${unit}"
done
