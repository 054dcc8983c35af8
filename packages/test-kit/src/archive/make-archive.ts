import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { createExec } from "@pibuild/core";

const exec = createExec();

/** A key that signs archives of tests. */
export interface Signer extends AsyncDisposable {
  /** Its public half, as apt and gpgv take it. */
  readonly keyring: string;
  sign(text: string): Promise<string>;
}

export async function makeSigner(): Promise<Signer> {
  // The socket of gpg's agent has no room for a long path.
  const scratch = await mkdtempDisposable(join(tmpdir(), "pg-"));
  const gpg = async (args: readonly string[], input?: string) => {
    const unlocked = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
    const given = input === undefined ? {} : { input };
    const home = ["--homedir", scratch.path];
    return (await exec.run({ program: "gpg", args: [...home, ...unlocked, ...args], ...given }))
      .stdout;
  };
  await gpg(["--quick-generate-key", "archive@example.org", "ed25519", "sign", "never"]);
  const keyring = join(scratch.path, "keyring.gpg");
  await gpg(["--output", keyring, "--export", "archive@example.org"]);
  return {
    keyring,
    sign: (text) => gpg(["--clearsign"], text),
    async [Symbol.asyncDispose]() {
      await exec.run({
        program: "gpgconf",
        args: ["--homedir", scratch.path, "--kill", "gpg-agent"],
      });
      await scratch[Symbol.asyncDispose]();
    },
  };
}

export interface Package {
  readonly name: string;
  readonly version?: string;
  /** Bytes that do not compress. */
  readonly size?: number;
  readonly depends?: string;
}

/** Builds packages into `pool`. */
export async function makePackages(archive: string, packages: readonly Package[]): Promise<void> {
  for (const { name, version = "1.0", size = 1000, depends } of packages) {
    await using tree = await mkdtempDisposable(join(tmpdir(), "pibuild-deb-"));
    const content = join(tree.path, "usr/share", name, "content");
    for (const directory of [dirname(content), join(tree.path, "DEBIAN")])
      await mkdir(directory, { recursive: true, mode: 0o755 });
    await writeFile(content, randomBytes(size));
    const control = [
      ...[`Package: ${name}`, `Version: ${version}`, "Architecture: all"],
      ...["Maintainer: nobody <nobody@example.org>", "Description: a package of a test"],
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    ];
    await writeFile(join(tree.path, "DEBIAN/control"), `${control.join("\n")}\n`);
    const to = join(archive, "pool/main");
    await mkdir(to, { recursive: true });
    await exec.run({
      program: "dpkg-deb",
      args: ["--root-owner-group", "-Znone", "--build", tree.path, to],
    });
  }
}

/**
 * Writes indexes of all that is in `pool`, the same for each component, and a signed release of them;
 * `binary-<arch>` is all there is.
 */
export async function releaseArchive(
  archive: string,
  signer: Pick<Signer, "sign">,
  {
    suite = "bookworm",
    components = ["main"] as readonly string[],
    arch = "amd64",
    date = new Date(),
    validUntil = undefined as Date | undefined,
    byHash = true,
  } = {},
): Promise<void> {
  const paragraphs: string[] = [];
  for (const name of (await readdir(join(archive, "pool/main"))).sort()) {
    const file = `pool/main/${name}`;
    const bytes = await readFile(join(archive, file));
    const { stdout } = await exec.run({
      program: "dpkg-deb",
      args: ["--field", join(archive, file)],
    });
    paragraphs.push(`${stdout}\nFilename: ${file}\nSize: ${bytes.length}\nSHA256: ${sum(bytes)}\n`);
  }
  const text = paragraphs.join("\n");
  const root = join(archive, "dists", suite);
  const lines: string[] = [];
  for (const component of components) {
    const place = `${component}/binary-${arch}`;
    const directory = join(root, place);
    await rm(join(directory), { recursive: true, force: true });
    await mkdir(join(directory, "by-hash/SHA256"), { recursive: true });
    await writeFile(join(directory, "Packages"), text);
    await exec.run({ program: "xz", args: ["--keep", join(directory, "Packages")] });
    await writeFile(join(directory, "Packages.gz"), gzipSync(text));
    for (const name of ["Packages", "Packages.gz", "Packages.xz"]) {
      const bytes = await readFile(join(directory, name));
      lines.push(` ${sum(bytes)} ${bytes.length} ${place}/${name}`);
      await writeFile(join(directory, "by-hash/SHA256", sum(bytes)), bytes);
    }
  }
  const release = [
    ...["Origin: Test", "Label: Test", `Suite: ${suite}`, `Codename: ${suite}`],
    ...[`Date: ${date.toUTCString()}`, `Architectures: ${arch}`],
    `Components: ${components.join(" ")}`,
    ...(validUntil === undefined ? [] : [`Valid-Until: ${validUntil.toUTCString()}`]),
    ...(byHash ? ["Acquire-By-Hash: yes"] : []),
    ...["SHA256:", ...lines, ""],
  ].join("\n");
  await writeFile(join(root, "InRelease"), await signer.sign(release));
}

function sum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
