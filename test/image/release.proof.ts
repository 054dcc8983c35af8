import { cp, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import { type EngineRig, needs, startDocker } from "@pibuild/test-kit";
import { expect } from "vitest";
import { repository } from "./image-rig.ts";
import { createRpiosRig } from "./rpios-rig.ts";

const proof = needs(
  ...(["root", "docker", "mmdebstrap", "git", "mcopy", "dh", "dtc", "PIGEN_DIR"] as const),
);
const exec = createExec();
const image = "kn86-rpios";
const tag = "v0.2.0-rc1";
/** debian:bookworm as registries have it: nothing but apt. */
const bare = "pibuild-test-bare:bookworm";

proof(
  "a release is made in a bare container of Debian, with the rights that it asks for",
  async () => {
    const piGen = process.env.PIGEN_DIR ?? "";
    await using rig = await createRpiosRig({ piGen });
    await using scratch = await mkdtempDisposable("/var/tmp/pibuild-release-");
    await using engine = await startDocker();
    await importBare(engine, scratch.path);

    // A clean clone, with the packages of this machine's archive.
    const clone = join(scratch.path, "clone");
    await exec.run({ program: "git", args: ["clone", "--quiet", repository, clone] });
    const yaml = join("apps", image, "image.yaml");
    await cp(join(rig.path, yaml), join(clone, yaml));

    const refused = await exec.run({
      program: "docker",
      args: [
        ...["run", "--rm", "--network", "host", "--volume", `${clone}:/work`, "--workdir", "/work"],
        ...[bare, "tools/sd-provision/build-image.sh", "--image", image],
      ],
      env: engine.env,
      allowExit: [4],
    });
    expect(refused.exitCode).toBe(4);
    const rights = rightsOf(refused.stderr);
    expect(rights).toContain("SYS_ADMIN");

    const bin = join(scratch.path, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "docker"), docker([...rights, ...network(engine)], piGen), {
      mode: 0o755,
    });
    const script = join(clone, "tools/ci/release-image.sh");
    await using _volume = { [Symbol.asyncDispose]: () => dropVolume(engine) };
    await exec.run({
      program: { path: script },
      args: [image, "linux/amd64", tag],
      env: { ...engine.env, PIGEN_DIR: piGen, PATH: `${bin}:${process.env.PATH}` },
      onLine: (line) => process.stderr.write(`${line}\n`),
    });
    const made = join(clone, "build/amd64");
    const name = `${image}-${tag}`;
    expect((await readdir(made)).sort()).toEqual(
      [".SHA256SUMS", ".bmap", ".img.xz", ".kn86fw"].map((ending) => name + ending),
    );
    const sums = await readFile(join(made, `${name}.SHA256SUMS`), "utf8");
    for (const ending of [".bmap", ".img.xz", ".kn86fw"])
      expect(sums).toContain(`${await sha256File(join(made, name + ending))}  ${name}${ending}\n`);
  },
);

async function importBare(engine: EngineRig, directory: string): Promise<void> {
  const archive = join(directory, "bare.tar");
  const args = ["--variant=minbase", "--format=tar", "bookworm", archive];
  await exec.run({ program: "mmdebstrap", args });
  expect((await engine.call("import", archive, bare)).exitCode).toBe(0);
}

/** The one that release-image.sh names. */
async function dropVolume(engine: EngineRig): Promise<void> {
  await engine.call("volume", "rm", "--force", "kn86-cache");
}

/** The arguments of `docker run` that the hint names for who does not want --privileged. */
function rightsOf(text: string): string[] {
  const [, words = ""] = /or with `([^`]+)`/.exec(text) ?? [];
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
}

/** What this machine's way to npm's registry needs: variables, and the files that they name, where nothing else is. */
function network({ env }: EngineRig): string[] {
  const wanted = Object.entries(env).filter(([name]) => /cert|cafile|proxy|registry/i.test(name));
  return wanted.flatMap(([name, value]) => {
    if (!isAbsolute(value)) return ["--env", `${name}=${value}`];
    const there = join("/host", value);
    return ["--env", `${name}=${there}`, "--volume", `${value}:${there}:ro`];
  });
}

/** Calls the real docker, with these rights in the place of --privileged, which may be refused. */
function docker(rights: readonly string[], piGen: string): string {
  // The script names this volume itself.
  const own = rights.filter(
    (word, at) => !word.startsWith("/dev:") && rights[at + 1] !== "/dev:/dev",
  );
  const more = ["--network", "host", "--env", "PIGEN_DIR", "--volume", `${piGen}:${piGen}`];
  const words = [...own, ...more].map((word) => `'${word}'`).join(" ");
  return `#!/bin/bash
words=()
for word in "$@"; do
	case "\${word}" in
		--privileged) words+=(${words}) ;;
		debian:bookworm) words+=(${bare}) ;;
		*) words+=("\${word}") ;;
	esac
done
exec /usr/bin/docker "\${words[@]}"
`;
}
