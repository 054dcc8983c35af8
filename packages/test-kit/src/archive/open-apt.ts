import { mkdir, mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";

const exec = createExec();

/** An apt with directories of its own, which touches nothing of this machine's. */
export interface Apt extends AsyncDisposable {
  get(...args: string[]): Promise<{ readonly exitCode: number; readonly output: string }>;
  /** The packages that it has downloaded. */
  archives(): Promise<string[]>;
  readonly directory: string;
}

export async function openApt(source: string, { proxy = "", conf = "" } = {}): Promise<Apt> {
  const scratch = await mkdtempDisposable(join(tmpdir(), "pibuild apt-"));
  const directory = scratch.path;
  for (const name of [
    "state/lists/partial",
    "cache/archives/partial",
    "etc/preferences.d",
    "etc/sources.list.d",
    "etc/apt.conf.d",
    "etc/trusted.gpg.d",
  ])
    await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, "state/status"), "");
  await writeFile(join(directory, "etc/sources.list"), `${source}\n`);
  const at = (name: string) => JSON.stringify(join(directory, name));
  await writeFile(
    join(directory, "apt.conf"),
    [
      `Dir::State ${at("state")}; Dir::State::status ${at("state/status")}; Dir::Cache ${at("cache")};`,
      `Dir::Etc ${at("etc")}; Dir::Etc::main "-"; Dir::Etc::parts ${at("etc/apt.conf.d")};`,
      'APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root";',
      'Acquire::Languages "none"; Acquire::http::Timeout "900"; Acquire::Retries "0";',
      ...(proxy === "" ? [] : [`Acquire::http::Proxy "${proxy}";`]),
      conf,
    ].join("\n"),
  );
  const env = { APT_CONFIG: join(directory, "apt.conf"), http_proxy: "", no_proxy: "" };
  return {
    directory,
    async get(...args) {
      const { exitCode, stdout, stderr } = await exec.run({
        program: "apt-get",
        args,
        env,
        allowExit: [100],
      });
      return { exitCode, output: `${stdout}\n${stderr}` };
    },
    archives: async () =>
      (await readdir(join(directory, "cache/archives")))
        .filter((name) => name.endsWith(".deb"))
        .sort(),
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}
