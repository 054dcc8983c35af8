import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { createLayerRig, layering, sourceDateEpoch } from "./rig.ts";
import { dumpTree } from "./tree-dump.ts";

/** Everything that a tree can hold, and what later steps work on. */
const base = `
chmod 0751 . ; chown 3:4 .
mkdir -p etc usr/bin keep doomed/deep swap-dir swap-link again/inner nested/a/b moved/sub hidden
echo text > etc/file; echo other > etc/other; head -c 300000 /dev/urandom > etc/random
printf 'same bytes' > etc/one; printf 'same bytes' > etc/two
: > etc/empty; truncate -s 5M etc/sparse
echo old > etc/dated; touch -d @1000000000 etc/dated; touch -d @1000000001 keep
touch -d @2500000000 etc/future

echo suid > usr/bin/suid; chown 1000:1001 usr/bin/suid; chmod 4755 usr/bin/suid
echo sgid > usr/bin/sgid; chown 0:42 usr/bin/sgid; chmod 2755 usr/bin/sgid
mkdir tmp mail; chmod 1777 tmp; chown 0:8 mail; chmod 2775 mail; chmod 0000 etc/empty
echo ping > usr/bin/ping; setcap cap_net_raw+ep usr/bin/ping
echo plain > usr/bin/plain; echo withcap > usr/bin/withcap; setcap cap_setuid=ei usr/bin/withcap
setfattr -n user.note -v value etc/file; setfattr -n trusted.note -v secret etc/file
setfattr -n user.binary -v 0x00ff0a etc/other; setfattr -n user.dir -v here keep
setfattr -n security.pibuild -v label keep

ln -s /etc/file absolute; ln -s nowhere/at/all dangling; ln -s ../etc/file usr/relative
ln -s 'with space' 'link to'; chown -h 7:8 dangling; ln -s etc link-to-dir
mknod null c 1 3; chmod 666 null; mknod disk b 8 17; chown 0:6 disk; mknod large c 10 237
mkfifo -m 640 fifo; perl -MSocket -e 'socket(S,PF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un("socket"))'
mkdir 'a b' $'line\\nend' 'ü漢' 'back\\slash' -- '-dash' ; echo x > 'a b/c:d,e=f'; echo x > $'line\\nend/\\ttab'
setfattr -n user.note -v odd $'line\\nend/\\ttab' 'back\\slash'

mkdir hard hard/far; echo linked > hard/a; ln hard/a hard/b; ln hard/a hard/far/c
echo mode > hard/mode1; ln hard/mode1 hard/mode2; echo cap > hard/cap1; ln hard/cap1 hard/cap2
echo gone > hard/gone1; ln hard/gone1 hard/gone2; echo kept > hard/kept1; ln hard/kept1 hard/kept2
mkdir hard/lost hard/opaque; echo lost > hard/lost1; ln hard/lost1 hard/lost/2
echo opaque > hard/opaque1; ln hard/opaque1 hard/opaque/2
echo over > hard/over1; ln hard/over1 hard/over2; echo replaced > hard/replaced1
ln hard/replaced1 hard/replaced2; echo later > hard/later1; ln hard/later1 hard/later2
echo apart > hard/apart1; ln hard/apart1 hard/apart2
echo middle > hard/middle1; mkdir hard/middle; ln hard/middle1 hard/middle/2
touch -d @1000000002 hard/far

echo d > doomed/deep/file; echo s > swap-dir/file; echo f > swap-file; echo l > swap-link/file
echo i > again/inner/file; echo o > again/outer; setfattr -n user.old -v 1 again; chmod 700 again
echo n > nested/a/b/c; echo m > moved/one; ln moved/one moved/sub/two; chown 5:6 moved/sub
touch -d @1000000003 moved/sub; echo h > hidden/file; echo t > hidden/twice; echo r > rename-me
`;

/** What a step may do to what is below it. */
const first = `
rm etc/other; rm -r doomed; rm absolute; rm disk fifo socket
rm -r swap-dir; echo 'now a file' > swap-dir
rm swap-file; mkdir swap-file; echo 'now a directory' > swap-file/file
rm -r swap-link; ln -s etc swap-link
rm -r again; mkdir again; echo new > again/new; rm -r nested/a; mkdir -p nested/a/b; echo d > nested/a/b/d
mv moved elsewhere; mv rename-me renamed; mv hidden/twice hidden/once

chmod 4711 usr/bin/plain; chown 9:10 etc/dated; touch -h -d @1000000009 etc/dated
setcap cap_net_admin+ep usr/bin/plain; setcap -r usr/bin/withcap; chown 11:12 keep; chmod 1700 keep
setfattr -x user.dir keep; setfattr -n user.note -v changed etc/file; setfattr -x trusted.note etc/file
echo more >> etc/one; truncate -s 3 etc/random; touch -d @1000000010 etc/two; chown -h 70:80 dangling
rm null; mknod null c 1 5; rm link-to-dir; mkdir link-to-dir

echo more >> hard/b; chmod 4700 hard/mode1; setcap cap_chown+ep hard/cap2
rm hard/gone1; echo more >> hard/gone2; rm hard/kept1
rm -r hard/lost; echo more >> hard/lost1
rm -r hard/opaque; mkdir hard/opaque; echo more >> hard/opaque1
mv etc/sparse hard/over1; rm hard/replaced2; echo own > hard/replaced2; echo more >> hard/replaced1
rm -r hard/middle; rm hard/apart2; echo own > hard/apart2

echo fresh > fresh; ln fresh fresh-link; mkdir new-dir; echo x > new-dir/x; touch -d @1000000020 new-dir
`;

/** The same again, over a layer that holds whiteouts and opaque directories. */
const second = `
rm swap-dir; mkdir swap-dir; echo back > swap-dir/file
rm -r swap-file; echo back > swap-file
rm swap-link; mkdir swap-link; echo back > swap-link/file
mkdir -p doomed/deep; echo back > doomed/deep/other; mknod disk b 8 18; echo back > etc/other
echo more > again/more; rm again/new; rm -r nested; mkdir nested
rm -r elsewhere/sub; mv renamed rename-me; rm hidden/once; rmdir link-to-dir; ln -s tmp link-to-dir
echo more >> hard/far/c; echo more >> hard/middle1; echo more >> hard/apart1; echo more >> fresh-link; echo more >> hard/later2
rm new-dir/x; chmod 0700 .
`;

layering(
  "a chain of layers shows what an ordinary directory shows after the same steps",
  async () => {
    await using rig = await createLayerRig();
    const plain = join(rig.path, "plain");
    await mkdir(plain);
    const expected: unknown[] = [];
    const found: unknown[] = [];
    for (const script of [base, first, second]) {
      // Random content is made once: the first layer is a copy of the ordinary directory.
      await rig.run(script, plain);
      await rig.layer(script === base ? `cp -a "${plain}/." .` : script);
      const view = await rig.view();
      expected.push(await dumpTree(rig.exec, plain, sourceDateEpoch));
      found.push(await dumpTree(rig.exec, view));
      await rig.exec.run({ program: "umount", args: [view] });
    }
    expect(found[0]).toEqual(expected[0]);
    expect(found[1]).toEqual(expected[1]);
    expect(found[2]).toEqual(expected[2]);
    // What is compared is there to be compared.
    expect(expected[1]).toMatchObject({
      "": { mode: "751", owner: "3:4" },
      "usr/bin/suid": { mode: "4755", owner: "1000:1001" },
      "usr/bin/ping": {
        xattrs: { "security.capability": "0x0100000200200000000000000000000000000000" },
      },
      "hard/a": { links: ["hard/b", "hard/far/c"] },
      "hard/over2": {},
      large: { type: "character", device: "10:237" },
      again: { mode: "755" },
    });
    expect(expected[1]).not.toHaveProperty(["hard/over2", "links"]);
  },
);

layering("what a step did not touch is not in its layer", async () => {
  await using rig = await createLayerRig();
  await rig.layer("mkdir -p a/b c; echo x > a/b/file; echo y > c/file");
  await rig.layer(
    "echo z > a/b/new; cat c/file; ls -R . > /dev/null; chmod +x c/file; chmod -x c/file",
  );
  const layer = join(rig.stack.directory, rig.stack.lowers("rootfs")[0] ?? "");
  expect(Object.keys(await dumpTree(rig.exec, layer))).toEqual([
    ...["", "a", "a/b", "a/b/new", "c", "c/file"],
  ]);
});

layering("the root directory keeps its own attributes, whatever the umask", async () => {
  await using rig = await createLayerRig();
  const before = process.umask(0o077);
  try {
    await rig.layer("chmod 0755 . ; touch -d @1000000000 .");
    await rig.layer("echo > file; touch -d @1000000001 .");
    await rig.layer("echo changed > file");
  } finally {
    process.umask(before);
  }
  const { "": root } = await dumpTree(rig.exec, await rig.view());
  expect(root).toMatchObject({ mode: "755", owner: "0:0", mtime: 1_000_000_001 });
});
