import { describe, expect, test } from "vitest";
import { lintScript, lintStage } from "./lint-rig.ts";

describe("what a script does to the machine that builds is found", () => {
  test.for([
    ["echo nameserver 1.1.1.1 >/etc/resolv.conf", "2:26"],
    ["echo x >> /etc/hosts", "2:11"],
    ["cmd &> '/var/log/x'", "2:8"],
    ["cat > /etc/x << EOF\nrm /etc/y\nEOF", "2:7"],
    ["{ echo a; echo b; } >/etc/x", "2:22"],
    ["while read -r x; do echo; done <a >/etc/x", "2:36"],
    ["mkdir -p /etc/systemd/system", "2:10"],
    ["rm -rf /", "2:8"],
    ["rm /*", "2:4"],
    ['mkdir "/home/${FIRST_USER_NAME}/.config"', "2:7"],
    ['cp -r files/. "${ROOTFS_DIR}/" /', "2:32"],
    ["cp -t /etc a b", "2:7"],
    ["cp --target-directory=/etc a b", "2:4"],
    ['ln -sf "${ROOTFS_DIR}/a" /usr/bin/a', "2:26"],
    ["install -m 644 files/x /etc/x", "2:24"],
    ['install -d /opt/a "${ROOTFS_DIR}/b"', "2:12"],
    ['mv /etc/a "${ROOTFS_DIR}/a"', "2:4"],
    ["chown -R pi:pi /home/pi", "2:16"],
    ["chmod +x /usr/local/bin/x", "2:10"],
    ["touch -r a /boot/ssh", "2:12"],
    ["sed -i s/a/b/ /etc/apt/sources.list", "2:15"],
    ["sed -i -e /a/d -e s/b/c/ /etc/x", "2:26"],
    ["sed -Ei.bak s,a,b, /etc/x", "2:20"],
    ["find /var/log -type f -delete", "2:6"],
    ["echo x | sudo tee -a /etc/x >/dev/null", "2:22"],
    ["curl -fsSLo /usr/local/bin/x https://x", "2:13"],
    ["wget -qO /usr/share/keyrings/x.gpg https://x", "2:10"],
    ["curl https://x | gpg --dearmor -o /usr/share/keyrings/x.gpg", "2:35"],
    ["tar -xzf x.tar.gz -C /opt", "2:22"],
    ["tar xf x.tar -C /", "2:17"],
    ["dd if=x of=/etc/x", "2:9"],
    ["rsync -rlptgo a/ /srv/a", "2:18"],
    ["apt-get -y install vim", "2:1"],
    ["DEBIAN_FRONTEND=noninteractive apt-get install vim", "2:32"],
    ["sudo -u root env A=b apt-get update", "2:22"],
    ["timeout 60 apt-get update", "2:12"],
    ["if true; then systemctl enable ssh; fi", "2:15"],
    ["systemctl --now enable ssh", "2:1"],
    ["dpkg -i x.deb", "2:1"],
    ["dpkg-reconfigure tzdata", "2:1"],
    ["useradd pi", "2:1"],
    ["raspi-config nonint do_ssh 0", "2:1"],
    ["pip3 install x", "2:1"],
    ['x="$(apt-get update 2>&1)"', "2:6"],
    ["x=`apt-get update`", "2:4"],
    ['echo "${x:-$(rm /etc/a)}"', "2:17"],
    ["diff <(rm /etc/a) b", "2:11"],
    ["true && ! rm /etc/a || :", "2:14"],
    ["case $x in\na) rm /etc/a ;;\nesac", "3:7"],
    ["f() {\n\trm /etc/a\n}", "3:5"],
    ["function f { rm /etc/a; }", "2:17"],
    ["(cd x && rm /etc/a)", "2:13"],
    ["on_chroot << EOF\nrm /etc/a\nEOF\nrm /etc/b", "5:4"],
    ["rm \\\n\t-f \\\n\t/etc/a", "4:2"],
    ['d=/pi-gen/export-image\nrm -f "$d/01-run.sh"', "3:7"],
    ["export d='/opt/x'\nmkdir ${d}", "3:7"],
    ["d=/etc # here\necho x >$d/x", "3:9"],
  ] as const)("%s", async ([text, place]) => {
    expect(await lintScript(text)).toEqual([`${place} HOST_TOUCHED`]);
  });
});

describe("what stays in the image, reads only, or is not sure to be the host's is no finding", () => {
  test.for([
    'echo x >"${ROOTFS_DIR}/etc/x"',
    'echo x >"$ROOTFS_DIR"/etc/x',
    'cat x >"${STAGE_WORK_DIR}/x"',
    "echo x >/dev/null 2>&1",
    "echo x >/dev/stderr",
    "echo x >/tmp/x; rm -rf /tmp/x /var/tmp/y",
    "echo x >&2 2>/dev/tty",
    'cp /etc/resolv.conf "${ROOTFS_DIR}/etc/"',
    'ln -s /lib/systemd/system/x.service "${ROOTFS_DIR}/etc/systemd/system/"',
    'install -m 644 /dev/null "${ROOTFS_DIR}/etc/x"',
    'sed -i /a/d "${ROOTFS_DIR}/etc/x"',
    'sed -i -e /a/d -e "/b/d" "${ROOTFS_DIR}/etc/x"',
    'sed /etc/os-release -e s/a/b/ >"${ROOTFS_DIR}/x"',
    'rsync -a --exclude /var/cache a/ "${ROOTFS_DIR}/"',
    "rm -f etc/x files/*.pdf",
    'tar -C /etc -cf "${STAGE_WORK_DIR}/x.tar" .',
    'find /etc -name "*.conf" >x',
    "on_chroot << EOF\napt-get update\nrm /etc/x\nEOF",
    "on_chroot <<- \\EOF\n\tsystemctl enable x\n\tEOF",
    "on_chroot <<'EOF'\n$(rm /etc/x)\nEOF",
    "on_chroot apt-get install vim",
    'chroot "${ROOTFS_DIR}" apt-get install vim',
    "cat <<A <<B\nrm /etc/a\nA\nrm /etc/b\nB",
    'systemctl --root="${ROOTFS_DIR}" enable ssh',
    "systemctl is-active ssh",
    'dpkg -l --root "${ROOTFS_DIR}"',
    'dpkg --root="${ROOTFS_DIR}" -i x.deb',
    "dpkg --print-architecture",
    "dpkg -x x.deb y",
    'apt-get -o Dir="${ROOTFS_DIR}" update',
    "apt-get download vim",
    "apt-cache policy vim",
    'useradd --root "${ROOTFS_DIR}" pi',
    'pip3 install --target "${ROOTFS_DIR}/opt" x',
    "command -v apt-get systemctl",
    'echo "rm /etc/x"',
    "log 'apt-get install vim' > x",
    "# rm /etc/x",
    "true # > /etc/x",
    "if [[ $a > /etc/x && ( -e /etc/y ) ]]; then :; fi",
    "[[ $a =~ ^(/etc|/usr)$ ]] && :",
    "(( a > 3 )) && x=$(( (1 << 2) + 1 ))",
    "for ((i = 0; i < 3; i++)); do :; done",
    "for f in /etc/a /etc/b; do cat $f; done",
    "case $x in\n/etc/*) : ;;\n(rm | /usr/*) : ;;\nesac",
    "x=(/etc/a /etc/b)",
    "declare -A y=([a]=/etc/x) # rm",
    "FILE=/etc/x",
    'rm "${x//\\//_}" "${y:-/etc/x}"',
    "rm $'a\\'b' \"a'b\"; echo '>/etc/x'",
    "trap 'rm /etc/x' EXIT",
    "while read -r x; do :; done </etc/passwd",
    'grep root /etc/passwd <<<"> /etc/x"',
    "service() { on_chroot; }\nservice ssh start",
    'rm "/${x}" "$x/etc"',
    "echo a#b; cmd --x=/etc/y",
    "d=/etc\nd=$x\nrm $d/y",
    "d=/tmp/x\nrm -r $d",
    "d=/etc/$x\nrm $d",
    "for d in /etc /usr; do rm $d/x; done",
    "d=/etc\nread -r d\nrm $d/x",
    "on_chroot << EOF\nd=/etc\nEOF\nrm $d/x",
    'd=/etc\nrm "${ROOTFS_DIR}$d/x" "${d:-x}"',
  ])("%s", async (text) => {
    expect(await lintScript(text)).toEqual([]);
  });
});

test("prerun.sh runs on the host, too", async () => {
  const found = await lintStage({ "prerun.sh": "#!/bin/bash -e\nrm /etc/a\n" });
  expect(found).toEqual(["prerun.sh:2:4 HOST_TOUCHED"]);
});

test("what runs in the image may do as it likes", async () => {
  const found = await lintStage({
    "00-a/00-run-chroot.sh": "apt-get update\nrm /etc/a\n",
    "00-a/files/firstboot.sh": "#!/bin/sh\nrm /etc/a\n",
  });
  expect(found).toEqual([]);
});

test("a script that is no shell script is not read as one", async () => {
  const found = await lintStage({ "00-a/00-run.sh": "#!/usr/bin/python3\nrm /etc/a\n" });
  expect(found).toEqual([]);
});
