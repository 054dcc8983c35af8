import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createExec, renderError } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const root = join(import.meta.dirname, "../../..");
const shipped = join(root, "stages/debian-lite/07-cloud-init/files");
const image = (setting: string) =>
  `stages: [stages/debian-base]\nsettings:\n  ${setting}: seed/file\n`;

async function textOf(setting: string, text: string): Promise<string | undefined> {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", image(setting));
  await workspace.write("apps/pi/seed/file", text);
  const { settings } = await loadImage(workspace.path, "pi");
  return settings[setting as keyof typeof settings];
}

async function errorOf(setting: string, text: string | undefined): Promise<string> {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", image(setting));
  if (text !== undefined) await workspace.write("apps/pi/seed/file", text);
  return renderError(await failure(loadImage(workspace.path, "pi")));
}
const userData = (text: string | undefined) => errorOf("CLOUD_INIT_USER_DATA", text);

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
    expect(await userData("\n#cloud-config\nhostname: x\n")).toContain(
      "the first line names no kind",
    );
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
    ["write_files: [{ path: /x, permissions: 0644 }]", 'an octal mode in quotes, such as "0644"'],
    ["write_files: { path: /x }", "a list of files"],
    ["write_files: [{ content: x }]", "`path` is missing: it takes the path of a file"],
    ["runcmd: systemctl enable x", "a list of commands"],
    ["runcmd: [{ a: b }]", "a command: text, or a list of texts"],
    ["package_update: maybe", "true or false"],
    ["users: [{ name: me, lock_passwd: nope }]", "true or false"],
  ])("%s", async (line, words) => {
    expect(await userData(`#cloud-config\n${line}\n`)).toContain(words);
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
