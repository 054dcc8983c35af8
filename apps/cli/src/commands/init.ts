import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { createExec, formatLocation, isPibuildError, renderError } from "@pibuild/core";
import { syncCheckout } from "@pibuild/pigen-source";
import { writeProject } from "@pibuild/project";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { type InitFlags, prepareProject } from "../init/prepare-project.ts";
import { giveBack } from "../privilege/give-back.ts";
import { jsonFlag } from "./common-parameters.ts";

interface Flags extends InitFlags {
  readonly sync: boolean;
  readonly json: boolean;
}

const text = { kind: "parsed", parse: String, optional: true } as const;

export const init = buildCommand<Flags, [directory?: string], CliContext>({
  docs: {
    brief: "Begin a project, or adopt one of pi-gen or usimd/pi-gen-action",
    fullDescription: [
      "Examples:",
      "  pibuild init kiosk                      a new project in ./kiosk, with a stage of your own",
      "  pibuild init                            adopt the pi-gen project in this directory",
      "  pibuild init --workflow .github/workflows/image.yml  adopt what a workflow describes",
      "  pibuild init --set IMG_NAME=kiosk       give a value that only a shell could find out",
      "",
      "Runs nothing of a pi-gen project. Prints what image.yaml cannot express, line by line.",
      "Asks questions only on a terminal; each has a flag.",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "The directory of the project; default: this one",
          parse: String,
          placeholder: "directory",
          optional: true,
        },
      ],
    },
    flags: {
      name: { ...text, brief: "Name of the image", placeholder: "name" },
      base: {
        kind: "enum",
        values: ["raspios", "debian"],
        brief: "What a new image is based on: Raspberry Pi OS Lite, or a small Debian",
        optional: true,
      },
      release: { ...text, brief: "Debian release: bookworm or trixie", placeholder: "release" },
      sshKey: {
        ...text,
        brief: "A file with the public SSH key that may log in",
        placeholder: "file",
      },
      config: {
        ...text,
        brief: "Adopt the project of this pi-gen `config`",
        placeholder: "file",
      },
      workflow: {
        ...text,
        brief: "Adopt what this workflow passes to usimd/pi-gen-action",
        placeholder: "file",
      },
      set: {
        ...text,
        variadic: true,
        brief: "Set a variable, in place of its value in the config or workflow",
        placeholder: "NAME=VALUE",
      },
      arch: {
        kind: "enum",
        values: ["arm64"],
        brief: "Use the 64-bit system for a project that builds for 32 bits",
        optional: true,
      },
      sync: { kind: "boolean", brief: "Fetch pi-gen at the end (--no-sync: later)", default: true },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, { sync, json, ...flags }, where = ".") {
    const directory = resolve(this.cwd, where);
    const { images, files, notes, adopted, pinned, own } = await prepareProject(
      this,
      directory,
      flags,
    );
    const { written, kept } = await writeProject(directory, files);
    await giveBack(
      this.env,
      written.map((path) => join(directory, path)),
    );
    for (const note of notes) this.message(`${formatLocation(note.at)}: ${note.message}`);
    for (const path of kept) this.message(`note: \`${path}\` was there, and stays as it is`);
    const fetched = pinned && sync ? await fetchPigen(this, directory) : !pinned;
    if (json) {
      const said = notes.map(({ at, message }) => ({ ...at, message }));
      const from = adopted?.file ?? null;
      this.out(
        JSON.stringify(
          { schema: 1, directory, adopted: from, images, written, kept, notes: said },
          undefined,
          2,
        ),
      );
      return;
    }
    for (const path of written) this.out(`wrote   ${join(where, path)}`);
    const steps = [
      ...(relative(this.cwd, directory) === "" ? [] : [`cd ${where}`]),
      "npm install",
      ...(fetched ? [] : ["npx pibuild sync"]),
      ...images.map(
        (name) => `${own === undefined ? "" : `PIGEN_DIR=${own} `}npx pibuild build ${name}`,
      ),
    ];
    this.message(["next:", ...steps.map((line) => `  ${line}`)].join("\n"));
  },
});

/** Brings the pinned pi-gen, so that the first build has it. Says why where it cannot. */
async function fetchPigen(
  { env, signal, message }: CliContext,
  directory: string,
): Promise<boolean> {
  const pin = await loadPin(join(directory, pinFileName));
  if (env.PIGEN_DIR && existsSync(env.PIGEN_DIR)) return true;
  try {
    message(`run     fetch pi-gen ${pin.tag}`);
    await syncCheckout(directory, pin, { exec: createExec({ signal }), env });
    return true;
  } catch (error) {
    if (!isPibuildError(error, "PIGEN_UNREACHABLE")) throw error;
    const said = error.data.failure.tail.at(-1);
    const [reason = ""] = renderError(error).split("\n");
    message(
      `note: pi-gen was not fetched: ${reason.replace(/^error: /, "")}${said === undefined ? "" : `: ${said}`}`,
    );
    return false;
  } finally {
    await giveBack(env, [join(directory, ".pibuild")]);
  }
}
