import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createExec, renderError, sha256 } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const root = join(import.meta.dirname, "../../..");
const shipped = join(root, "stages/debian-lite/07-cloud-init/files");
const image = (setting: string, release = "bookworm") =>
  `stages: [stages/debian-base]\nsettings:\n  ${setting}: seed/file\nrelease: ${release}\n`;

async function textOf(
  setting: string,
  text: string,
  release?: string,
): Promise<string | undefined> {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", image(setting, release));
  await workspace.write("apps/pi/seed/file", text);
  const { settings } = await loadImage(workspace.path, "pi");
  return settings[setting as keyof typeof settings];
}

async function errorOf(
  setting: string,
  text: string | undefined,
  release?: string,
): Promise<string> {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", image(setting, release));
  if (text !== undefined) await workspace.write("apps/pi/seed/file", text);
  return renderError(await failure(loadImage(workspace.path, "pi")));
}
const userData = (text: string | undefined, release?: string) =>
  errorOf("CLOUD_INIT_USER_DATA", text, release);

test("a seed that is a directory, or a pipe without a writer, is no file", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", image("CLOUD_INIT_USER_DATA"));
  const path = join(workspace.path, "apps/pi/seed/file");
  await mkdir(path, { recursive: true });
  const refusal = async () => renderError(await failure(loadImage(workspace.path, "pi")));
  expect(await refusal()).toContain("is no file");
  await rm(path, { recursive: true });
  await createExec().run({ program: "bash", args: ["-c", 'mkfifo "$0"', path] });
  expect(await refusal()).toContain("is no file");
});

describe("a seed that is right reaches the stages as it is", () => {
  test.each([
    ["CLOUD_INIT_USER_DATA", join(root, "apps/sugarkube/user-data")],
    ["CLOUD_INIT_USER_DATA", join(shipped, "user-data")],
    ["CLOUD_INIT_META_DATA", join(shipped, "meta-data")],
    ["CLOUD_INIT_NETWORK_CONFIG", join(shipped, "network-config")],
  ])("%s of %s", async (setting, file) => {
    const text = await readFile(file, "utf8");
    expect(await textOf(setting, text)).toBe(text);
  });

  test.for([
    "#!/bin/sh\necho hello\n",
    "#include\nhttp://x.example/user-data\n",
    "#include-once\nhttp://x.example/user-data\n",
    "#cloud-boothook\n#!/bin/sh\n",
    "#part-handler\n",
    "#cloud-config-archive\n- type: text/cloud-config\n",
    "#cloud-config-jsonp\n[]\n",
    "## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\n",
    'Content-Type: multipart/mixed; boundary="x"\nMIME-Version: 1.0\n',
  ])("of another kind that cloud-init knows is taken as it is: %s", async (text) => {
    expect(await textOf("CLOUD_INIT_USER_DATA", text)).toBe(text);
  });

  test.for([
    "package_update: yes",
    "users: [{ name: me, lock_passwd: no }]",
    "users: [{ name: me, ssh-authorized-keys: [ssh-ed25519 x], no-create-home: on }]",
    'runcmd: [[docker, run, -p, "22:22", x]]',
    "runcmd: [[docker, run, -p, 8080:80, x]]",
    "runcmd: [[ip, link, set, wlan0, address, 00:11:22:33:44:55]]",
    "runcmd: [[at, 08:30], [apt, y, N], [git, 12345e67, 08, 0o17, 2024-1-2]]",
    "write_files: [{ path: /x, content: !!binary aGVsbG8= }]",
    "users:\n  - &one { name: one, shell: /bin/sh }\n  - { <<: *one, name: two }",
    "write_files: [{ path: /x, permissions: 0o755 }]",
    'users: [{ name: me, expiredate: "2032-09-01", sudo: "ALL=(ALL) NOPASSWD:ALL" }]',
    "datasource_list: [NoCloud]",
  ])("as PyYAML reads it and cloud-init takes it: %s", async (line) => {
    const text = `#cloud-config\n${line}\n`;
    for (const release of ["bookworm", "trixie"]) {
      expect(await textOf("CLOUD_INIT_USER_DATA", text, release)).toBe(text);
    }
  });

  test("with what the cloud-init of its release knows", async () => {
    const text = "#cloud-config\nubuntu_pro: { enable: [] }\nusers: [[a, b]]\n";
    expect(await textOf("CLOUD_INIT_USER_DATA", text, "trixie")).toBe(text);
    expect(await userData(text)).toContain("cloud-init knows no key `ubuntu_pro`");
  });

  test("with the keys that people use most", async () => {
    const text = [
      "#cloud-config",
      "users: [default, { name: me, groups: [adm], sudo: false, ssh_authorized_keys: [ssh-ed25519 x] }]",
      "packages: [git, [curl, 7.88.1]]",
      "runcmd: [reboot, [touch, /x], null]",
      'write_files: [{ path: /x, permissions: "0600", content: "", append: true, defer: true }]',
      "chpasswd: { expire: false }",
      "ssh_pwauth: true",
      "rpi: { interfaces: { i2c: true } }",
    ].join("\n");
    expect(await textOf("CLOUD_INIT_USER_DATA", text)).toBe(text);
    const network = "network: { version: 2, wifis: { wlan0: { dhcp4: true } } }\n";
    expect(await textOf("CLOUD_INIT_NETWORK_CONFIG", network)).toBe(network);
    const first = "version: 1\nconfig: []\n";
    expect(await textOf("CLOUD_INIT_NETWORK_CONFIG", first)).toBe(first);
  });

  test("from the environment, where paths start at the workspace", async () => {
    await using workspace = await scratchWorkspace();
    await workspace.write("apps/pi/image.yaml", image("CLOUD_INIT_USER_DATA"));
    await workspace.write("apps/pi/seed/file", "#cloud-config\nhostname: file\n");
    await workspace.write("mine", "#cloud-config\nhostname: mine\n");
    const { settings } = await loadImage(workspace.path, "pi", {
      env: { CLOUD_INIT_USER_DATA: "mine" },
    });
    expect(settings.CLOUD_INIT_USER_DATA).toBe("#cloud-config\nhostname: mine\n");
    const error = await failure(
      loadImage(workspace.path, "pi", { env: { CLOUD_INIT_USER_DATA: "seed/file" } }),
    );
    expect(renderError(error)).toMatchInlineSnapshot(`
      "error: \`seed/file\` does not exist
        at environment variable CLOUD_INIT_USER_DATA
      hint: paths in the environment start at the workspace"
    `);
  });
});

describe("what is wrong with user-data is said with its line", () => {
  test("a file that is not there", async () => {
    expect(await userData(undefined)).toMatchInlineSnapshot(`
      "error: \`seed/file\` does not exist
        at apps/pi/image.yaml:3:25
             CLOUD_INIT_USER_DATA: seed/file
                                   ~~~~~~~~~
      hint: paths in image.yaml start at its own directory"
    `);
  });

  test("no header", async () => {
    expect(await userData("hostname: x\n")).toMatchInlineSnapshot(`
      "error: the first line names no kind that cloud-init knows, so it ignores the file
        at apps/pi/seed/file:1:1
           hostname: x
           ~~~~~~~~~~~
      hint: begin with \`#cloud-config\`, or with \`#!/bin/sh\` for a script"
    `);
    expect(await userData("# cloud-config\nhostname: x\n")).toContain(
      "the first line names no kind",
    );
    const blank = await userData("\n#cloud-config\nhostname: x\n");
    expect(blank).toContain("the first line names no kind");
    expect(blank).toContain("at apps/pi/seed/file:1:1\n");
    expect(await userData("\uFEFF#cloud-config\nhostname: x\n")).toContain("byte order mark");
  });

  test("no YAML", async () => {
    expect(await userData("#cloud-config\nruncmd:\n  - [a\nhostname: x\n")).toMatchInlineSnapshot(`
      "error: Flow sequence in block collection must be sufficiently indented and end with a ]
        at apps/pi/seed/file:4:1
           hostname: x
           ~"
    `);
  });

  test("no key at all, or a list", async () => {
    expect(await userData("#cloud-config\n# all by hand\n")).toContain("found none");
    expect(await userData("#cloud-config\n- a\n")).toContain("found something else");
  });

  test("a key that cloud-init does not know", async () => {
    expect(await userData("#cloud-config\nwrite_file: []\n")).toMatchInlineSnapshot(`
      "error: cloud-init knows no key \`write_file\`
        at apps/pi/seed/file:2:1
           write_file: []
           ~~~~~~~~~~
      hint: did you mean \`write_files\`?"
    `);
    const inside = await userData(
      "#cloud-config\nwrite_files:\n  - path: /x\n    permission: '0644'\nusers:\n  - name: me\n    passwrd: geheim\n",
    );
    expect(inside).toMatchInlineSnapshot(`
      "error: cloud-init knows no key \`permission\` in \`write_files\`
        at apps/pi/seed/file:4:5
               permission: '0644'
               ~~~~~~~~~~
      hint: did you mean \`permissions\`?
      error: cloud-init knows no key \`passwrd\` in \`users\`
        at apps/pi/seed/file:7:5
               passwrd: ***
               ~~~~~~~
      hint: did you mean \`passwd\`?"
    `);
  });

  test.each([
    ["write_files: [{ path: /x, permissions: 0644 }]", "expected text, found a number"],
    ["write_files: [{ path: /x, permissions: 0644 }]", "hint: put it in quotes"],
    ["write_files: [{ path: /x, permissions: rwx }]", 'An octal mode in quotes, such as "0644"'],
    ["write_files: { path: /x }", "expected a list of maps, found a map"],
    ["write_files: [{ content: x }]", "`path` is missing"],
    ["write_files: [{ content: x }]", "hint: `path`: Path of the file to which"],
    ["write_files: [{ path: /x, encoding: bas64 }]", "did you mean `base64`?"],
    ["runcmd: systemctl enable x", "after `- `"],
    ["runcmd: [{ a: b }]", "expected a list of texts, text or nothing, found a map"],
    ["runcmd: []", "expected at least one entry, found an empty list"],
    ["package_update: maybe", "expected true or false, found text"],
    ["users: [{ name: me, lock_passwd: nope }]", "expected true or false, found text"],
    ["users: [{ name: me, snapuser: x }]", "only one of `name` and `snapuser` may be here"],
    ["users: [{ name: me, expiredate: 2032-09-01 }]", "to which it is a date"],
    ["users: [{ shell: /bin/sh }]", "`name` is missing"],
    ["users: [7]", "expected text, a list of texts or a map, found a number"],
    ["chpasswd: { users: [{ name: a, password: b, type: x }] }", "`hash` or `text`"],
    ["ssh_pwauth: 1", "expected true, false or text, found a number"],
    ["<<: 5", "Merge sources must be maps"],
  ])("%s: %s", async (line, words) => {
    const said = await userData(`#cloud-config\n${line}\n`, "trixie");
    expect(said).toContain(words);
    expect(said.match(/^error/gm)).toHaveLength(1);
  });

  test("of a list, the value itself, also where it comes by a merge", async () => {
    const text = `#cloud-config
runcmd:
  - [docker, run, -p, 22:22, x]
users:
  - &one
    name: one
    shell: 5
  - { <<: *one, name: two }
`;
    expect(await userData(text)).toMatchInlineSnapshot(`
      "error: expected text, found a number
        at apps/pi/seed/file:3:23
             - [docker, run, -p, 22:22, x]
                                 ~~~~~
      hint: put it in quotes: cloud-init reads YAML 1.1, to which it is a number
      error: expected text, found a number
        at apps/pi/seed/file:7:12
               shell: 5
                      ~
      hint: put it in quotes: cloud-init reads YAML 1.1, to which it is a number"
    `);
  });

  test("without showing a password", async () => {
    const masked = await userData(
      "#cloud-config\nusers: [{ name: me, shell: [], passwd: geheim }]\n",
    );
    expect(masked).toContain("passwd: ***");
    expect(masked).not.toContain("geheim");
  });

  test("no text, or too much of it", async () => {
    expect(await userData("#cloud-config\n\0")).toContain("`seed/file` is not text");
    expect(await userData(`#cloud-config\n#${"x".repeat(96 * 1024)}`)).toContain(
      "is larger than 96 KiB",
    );
  });
});

test("a meta-data has to say for which instance it is", async () => {
  expect(await errorOf("CLOUD_INIT_META_DATA", "instance_id: x\n")).toContain(
    "`instance-id` is missing",
  );
});

test("a network-config has a version, and only devices that netplan knows", async () => {
  expect(await errorOf("CLOUD_INIT_NETWORK_CONFIG", "ethernets: {}\n")).toContain("1 or 2");
  const typo = await errorOf("CLOUD_INIT_NETWORK_CONFIG", "version: 2\nethernet: {}\n");
  expect(typo).toContain("cloud-init knows no key `ethernet`");
  expect(typo).toContain("did you mean `ethernets`?");
});

test("the schemas are cloud-init's own, from the packages that the table names", async () => {
  const directory = join(import.meta.dirname, "../src/cloud-init/schemas");
  const table = await readFile(join(directory, "README.md"), "utf8");
  const rows = [...table.matchAll(/^\| `(\w+\.json)` \| .* \| `([0-9a-f]{64})` \|$/gm)];
  expect(rows.map(([, file]) => file)).toEqual(["bookworm.json", "trixie.json"]);
  for (const [, file = "", hash] of rows) {
    expect(sha256(await readFile(join(directory, file), "utf8"))).toBe(hash);
  }
});
