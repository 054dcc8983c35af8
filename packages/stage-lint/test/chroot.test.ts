import { describe, expect, test } from "vitest";
import { lintScript, lintStage } from "./lint-rig.ts";

const chroot = async (text: string) => {
  const found = await lintStage({ "00-a/00-run-chroot.sh": `${text}\n` });
  return found.map((line) => line.replace("00-a/00-run-chroot.sh:", ""));
};

describe("a directory of the host in what runs in the image is found", () => {
  test.for([
    ['install -m 644 /x "${ROOTFS_DIR}/etc/x"', "1:20"],
    ["echo x >$ROOTFS_DIR/etc/x", "1:9"],
    ['cp "${STAGE_DIR}/files/x" /etc', "1:5"],
    ["true\ncd $STAGE_WORK_DIR", "2:4"],
  ] as const)("%s", async ([text, place]) => {
    expect(await chroot(text)).toEqual([`${place} HOST_PATH_IN_CHROOT`]);
  });

  test.for([
    ['on_chroot << EOF\nchmod 644 "${ROOTFS_DIR}/etc/x"\nEOF', "3:12"],
    ["on_chroot <<'EOF'\necho x >${ROOTFS_DIR}/etc/x\nEOF", "3:9"],
    ["on_chroot <<- \\EOF\n\techo x >$ROOTFS_DIR/etc/x\n\tEOF", "3:10"],
    ["on_chroot << EOF\necho x >\\${ROOTFS_DIR}/etc/x\nEOF", "3:10"],
    // What the host calls so may be anything; the image's root may not.
    ["ROOTFS_DIR=$x\non_chroot << EOF\nrm $ROOTFS_DIR/etc/x\nEOF", "4:4"],
  ] as const)("also in %s", async ([text, place]) => {
    expect(await lintScript(text)).toEqual([`${place} HOST_PATH_IN_CHROOT`]);
  });

  test.for([
    "# ${ROOTFS_DIR} is not here",
    "true # $ROOTFS_DIR",
    'x="${STAGE_DIR:-/srv}"',
    "WORK_DIR=/tmp/x\ncd $WORK_DIR",
    "echo ${ROOTFS_DIRECTORY} $MY_ROOTFS_DIR",
  ])("and not in %s", async (text) => {
    expect(await chroot(text)).toEqual([]);
  });

  test.for([
    'on_chroot << EOF\ntrue\nEOF\nrm "${ROOTFS_DIR}/etc/x"',
    'cat >"${ROOTFS_DIR}/x" << EOF\n${ROOTFS_DIR}\nEOF',
    "STAGE_DIR=/opt/x\non_chroot << EOF\nls ${STAGE_DIR}\nEOF",
  ])("and not on the host: %s", async (text) => {
    expect(await lintScript(text)).toEqual([]);
  });
});

describe("what the host expands in a here-document for the image is found", () => {
  test.for([
    ["on_chroot << EOF\nfor x in a b; do\n\tadduser pi $x\ndone\nEOF", "4:13", "EXPANDED_ON_HOST"],
    ["on_chroot << EOF\nfor x in a; do adduser pi ${x}; done\nEOF", "3:27", "EXPANDED_ON_HOST"],
    ["on_chroot << EOF\nv=1\necho ${v%.*}\nEOF", "4:6", "EXPANDED_ON_HOST"],
    ["on_chroot << EOF\nwhile read -r x; do rm $x; done\nEOF", "3:24", "EXPANDED_ON_HOST"],
    ["on_chroot << EOF\nfalse\n[ $? = 0 ]\nEOF", "4:3", "EXPANDED_ON_HOST"],
    ['on_chroot << EOF\necho "$(dpkg --print-architecture)"\nEOF', "3:7", "ASKED_ON_HOST"],
    ["on_chroot << EOF\nx=$(. /etc/os-release && echo $ID)\nEOF", "3:3", "ASKED_ON_HOST"],
    ["on_chroot << EOF\nx=`uname -r`\nEOF", "3:3", "ASKED_ON_HOST"],
    ["on_chroot << EOF\nx=$(cat /etc/debian_version)\nEOF", "3:3", "ASKED_ON_HOST"],
    ["on_chroot << EOF\nx=$(command -v bash)\nEOF", "3:3", "ASKED_ON_HOST"],
  ] as const)("%s", async ([text, place, code]) => {
    expect(await lintScript(text)).toEqual([`${place} ${code}`]);
  });

  test.for([
    "on_chroot << 'EOF'\nfor x in a; do echo $x $? $(uname); done\nEOF",
    "on_chroot << EOF\nfor x in a; do echo \\$x \\$? \\$(uname) \\`uname\\`; done\nEOF",
    "on_chroot << EOF\necho ${FIRST_USER_NAME} $(basename x) $(cat files/x) $((1 + 2))\nEOF",
    // The host's own value is meant.
    "tag=1\non_chroot << EOF\ntag=$tag x\necho $tag\nEOF",
    "on_chroot << EOF\nPATH=/x:$PATH\necho $PATH\nEOF",
    'on_chroot << EOF\nSUDO_USER="${FIRST_USER_NAME}" raspi-config x\nEOF',
    "on_chroot << EOF\n# for x in a: $x $(uname)\nEOF",
    "cat << EOF\nfor x in a; do echo $x $(uname); done\nEOF",
  ])("and not %s", async (text) => {
    expect(await lintScript(text)).toEqual([]);
  });
});

describe("a command that reads the script it stands in is found", () => {
  test.for([
    ["su pi\ntrue", 1],
    ["su - pi", 1],
    ['su "${FIRST_USER_NAME}"', 1],
    ["newgrp docker", 1],
    ["sudo -i", 1],
    ["sudo su pi", 1],
    ["true\nbash", 2],
    ["apt-get install vim", 1],
    ["DEBIAN_FRONTEND=noninteractive apt install -f vim", 1],
    ["sudo apt-get -q upgrade", 1],
    ["apt autoremove", 1],
    ["a || apt-get install vim", 1],
  ] as const)("%s", async ([text, line]) => {
    expect(await chroot(text)).toEqual([`${line} READS_THE_SCRIPT`]);
  });

  test("also in a here-document, behind what the image expands", async () => {
    const text = "on_chroot << EOF\nfor x in a; do\n\tapt-get install \\$x\ndone\nEOF";
    expect(await lintScript(text)).toEqual(["4 READS_THE_SCRIPT"]);
  });

  test.for([
    "su pi -c 'true'",
    "su -lc true pi",
    "su --command=true pi",
    "echo true | su pi",
    "su pi <<< true",
    "su pi </dev/null",
    "su pi << EOF\ntrue\nEOF",
    "curl -fsSL file:///x | bash",
    "bash -c true",
    "bash /x.sh",
    "sudo -u pi true",
    "sg docker true",
    "apt-get install -y vim",
    "apt-get -qqy install vim",
    "apt-get --assume-yes install vim",
    "apt-get -qq install vim",
    "apt-get -o APT::Get::Assume-Yes=true install vim",
    "yes | apt install vim",
    "apt-get update",
    "apt-get -s install vim",
    "apt-mark hold vim",
  ])("and not %s", async (text) => {
    expect(await chroot(text)).toEqual([]);
  });
});

describe("what the image's scripts look for below a mount of memory is found", () => {
  test.for([
    ['cp files/x "${ROOTFS_DIR}/tmp/x"\non_chroot << EOF\nsh /tmp/x\nEOF', "2:12"],
    ["cp files/x ${ROOTFS_DIR}/tmp\non_chroot << EOF\nsh /tmp/x\nEOF", "2:12"],
    ["install -m 644 -t $ROOTFS_DIR/tmp/ files/x\non_chroot << EOF\nsh /tmp/x\nEOF", "2:19"],
    ['echo "$A" >"$ROOTFS_DIR/run/x"\non_chroot << EOF\ncat /run/x\nEOF', "2:12"],
    ["wget -O $ROOTFS_DIR/tmp/$x.deb x\non_chroot << EOF\ndpkg -i /tmp/*.deb\nEOF", "2:9"],
    ["cp files/x $ROOTFS_DIR/tmp/x.sh\non_chroot /tmp/x.sh", "2:12"],
  ] as const)("%s", async ([text, place]) => {
    expect(await lintScript(text)).toEqual([`${place} HIDDEN_IN_CHROOT`]);
  });

  test.for([
    // Something of the step ran in the image before, so that the file goes into the mount.
    "on_chroot << EOF\ntrue\nEOF\ncp x $ROOTFS_DIR/tmp/x\non_chroot << EOF\nsh /tmp/x\nEOF",
    // The host's own scratch.
    "wget -O $ROOTFS_DIR/tmp/x x\ntar -xf $ROOTFS_DIR/tmp/x -C $ROOTFS_DIR/opt\nrm $ROOTFS_DIR/tmp/x",
    "cp x $ROOTFS_DIR/tmp/x\nrm $ROOTFS_DIR/tmp/x\non_chroot << EOF\ntouch /tmp/y\nEOF",
    "mkdir -p $ROOTFS_DIR/tmp\non_chroot << EOF\ntouch /tmp/y\nEOF",
    "rm -rf $ROOTFS_DIR/tmp/*\non_chroot << EOF\ntouch /tmp/y\nEOF",
    "cp x $ROOTFS_DIR/var/tmp/x\non_chroot << EOF\nsh /var/tmp/x\nEOF",
  ])("and not %s", async (text) => {
    expect(await lintScript(text)).toEqual([]);
  });

  const writes = "#!/bin/bash -e\necho a >$ROOTFS_DIR/tmp/a\n";

  test("in the sub-stage's later script", async () => {
    const found = await lintStage({
      "00-a/01-run.sh": writes,
      "00-a/02-run-chroot.sh": "cat /tmp/a\n",
    });
    expect(found).toEqual(["00-a/01-run.sh:2:9 HIDDEN_IN_CHROOT"]);
  });

  test.for([
    {
      "00-a/00-packages": "curl\n",
      "00-a/01-run.sh": writes,
      "00-a/02-run-chroot.sh": "cat /tmp/a\n",
    },
    { "00-a/01-run.sh": writes, "01-b/02-run-chroot.sh": "cat /tmp/a\n" },
    {
      "00-a/00-run-chroot.sh": "true\n",
      "01-b/01-run.sh": writes,
      "01-b/02-run-chroot.sh": "cat /tmp/a\n",
    },
  ])("and not where something ran in the image before, nor in another sub-stage", async (files) => {
    expect(await lintStage(files)).toEqual([]);
  });
});
