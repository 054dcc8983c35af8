import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { neverRedirected, redirected } from "@pibuild/binfmt";
import {
  expectedValue,
  imageJsonSchema,
  pinKeys,
  settingNames,
  settings,
  workspaceJsonSchema,
} from "@pibuild/config";
import { errorCodes, exitCodes, programs } from "@pibuild/core";
import { normaliseRules } from "@pibuild/layers";
import { outageJsonSchema } from "@pibuild/outages";
import { rightsLadder, type VenueOptionRow, venueOptions } from "@pibuild/venue";
import { boardsBlock, boardsPage } from "./boards-page.ts";
import { bootFilesPage } from "./boot-files-page.ts";
import { cachePage } from "./cache-page.ts";
import { commandsPage } from "./commands-page.ts";
import { doctorPage } from "./doctor-page.ts";
import { environmentPage } from "./environment-page.ts";
import { lintPage } from "./lint-page.ts";
import { page } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const redirectedWhen = {
  always: "yes",
  openssl: "to hash certificates",
  perl: "where the twin has every compiled module that the tree has",
  python: "for compiling to bytecode",
};

/** Each generated file with its text; the tables in the code are the source. */
const files: Readonly<Record<string, string>> = {
  "docs/reference/boot-files.md": bootFilesPage,
  "docs/reference/image.schema.json": `${JSON.stringify(imageJsonSchema(), undefined, 2)}\n`,
  "outages/schema.json": `${JSON.stringify(outageJsonSchema(), undefined, 2)}\n`,
  "docs/reference/workspace.schema.json": `${JSON.stringify(workspaceJsonSchema(), undefined, 2)}\n`,
  "docs/reference/cache.md": cachePage,
  "docs/reference/settings.md": page(
    "Settings",
    "The keys of `settings:` in `image.yaml`. They are pi-gen's own names. Those marked *environment* may also come from an [environment variable](environment.md) of the same name, which overrides `image.yaml`. A *secret* may stand in a file instead, which `<name>_FILE` names: here from the image's directory on, or in the environment.",
    ["Setting", "Default", "Value", "What it does"],
    settingNames.map((name) => {
      const row = settings[name];
      const marks = [row.environment && "environment", row.secret && "secret"].filter(Boolean);
      const extra = marks.length > 0 ? ` *(${marks.join(", ")})*` : "";
      return [
        `\`${name}\``,
        row.default === "" ? "" : `\`${row.default}\``,
        row.derivedFrom === undefined ? expectedValue(row) : `follows from \`${row.derivedFrom}:\``,
        row.description + extra,
      ];
    }),
  ),
  "docs/reference/environment.md": environmentPage,
  "docs/reference/pin.md": page(
    "The pin of pi-gen",
    [
      "`pi-gen-pin.env` names the commit of pi-gen that this workspace builds with. It must have every key. A shell can source the file.",
      "`pibuild sync` fetches that commit to `.pibuild/pi-gen/<commit>`, by its tag and without its history. The tag must be the pinned commit. The directory appears whole or not at all. Once it is there, `sync` needs no network and only checks it: the commit, and that no file was changed, added or removed. Files that pi-gen's `.gitignore` names count too, because `SKIP` and `config` change what is built. pibuild never builds with a checkout that fails this check. Checkouts of earlier pins stay until you remove them.",
      "`PI_GEN_SOURCE` names a clone, a bare mirror or an address to fetch from, in place of `PI_GEN_REPO`. `PIGEN_DIR` names a directory with pi-gen that is used as it is, in place of the pinned commit. Relative paths in both start at the workspace.",
      "`pibuild pin check` lists newer tags for the same release and architecture. It changes nothing: to move the pin, write the new tag and its commit into the file.",
    ].join("\n\n"),
    ["Key", "Value", "What it is"],
    Object.entries(pinKeys).map(([key, { expected, description }]) => [
      `\`${key}\``,
      expected,
      description,
    ]),
  ),
  "docs/reference/venues.md": page(
    "Venues",
    [
      "A venue is where steps run. `auto` tries these in order, takes the first that works, and prints why it passed over the others: this machine itself (Linux or WSL, with the [programs](programs.md), and root or sudo); for images with stages of pi-gen, a container of pi-gen's own image, built from the Dockerfile of the checkout; a container of `debian:<release>`.",
      "A flag wins over its variable, and a variable over `container_image` in `image.yaml`. `build`, `plan`, `why` and `shell` have the flags. With a container venue all four run in the container, because the layers are in its volume `pibuild-cache`. `nx run` always runs on this machine itself.",
      `A container gets the first of these sets of rights that the engine grants, and with which it can build: ${rightsLadder(
        "docker",
      )
        .map(({ name }) => `\`${name}\``)
        .join("; ")}.`,
      "`pibuild clean --containers` removes what containers use: the volume, the images, the network.",
    ].join("\n\n"),
    ["Flag", "Variable", "Value", "What it chooses"],
    Object.values<VenueOptionRow>(venueOptions).map(({ flag, variable, values, brief }) => [
      `\`--${flag}\``,
      `\`${variable}\``,
      values?.join(", ") ?? "pi-gen, debian, or a name",
      brief,
    ]),
  ),
  "docs/reference/errors.md": page(
    "Errors",
    "Every foreseen failure, its kind and the exit code that follows from it.",
    ["Code", "Kind", "Exit code", "Meaning"],
    Object.entries(errorCodes).map(([code, { kind, summary }]) => [
      `\`${code}\``,
      kind,
      String(exitCodes[kind]),
      summary,
    ]),
  ),
  "docs/reference/programs.md": page(
    "Programs",
    "The programs that pibuild starts, and the Debian packages that they are in. `pibuild doctor --fix` installs what is missing.",
    ["Program", "Debian package", "Needed for", "Why"],
    Object.entries(programs).map(([name, info]) => [
      `\`${name}\``,
      `\`${info.debianPackage}\``,
      info.purpose.join(", "),
      info.why,
    ]),
  ),
  "docs/reference/normalisation.md": page(
    "Normalisation",
    "After a step has run, these files are taken out of its layer, so that two runs of a step give the same bytes. `*` stands for text within one name, `**` for any names.",
    ["Path", "Action", "Why"],
    normaliseRules.map(({ pattern, action, why }) => [`\`${pattern}\``, action, why]),
  ),
  "docs/boards.md": boardsPage,
  "docs/reference/commands.md": commandsPage,
  "docs/reference/doctor.md": doctorPage,
  "docs/reference/lint.md": lintPage,
  "docs/reference/twin.md": page(
    "The twin",
    "On an x86-64 machine, these programs of an arm64 image run as their x86-64 builds while the image is built. Some never do, and all others are emulated. A program is redirected only if it is exactly the build that the twin knows.",
    ["Package", "Programs", "Redirected", "Why"],
    [
      ...redirected.map(({ package: name, programs: names, condition, why }) => [
        `\`${name}\``,
        names.map((program) => `\`${program}\``).join(" "),
        redirectedWhen[condition ?? "always"],
        why,
      ]),
      ...Object.entries(neverRedirected).map(([program, why]) => [
        "",
        `\`${program}\``,
        "never",
        why,
      ]),
    ],
  ),
};

/** A part of a page that people write otherwise, between two comments with its name. */
function withBlock(name: string, block: string, text: string): string {
  const [start, end] = [
    `<!-- ${name}: from \`pnpm run generate\` -->\n`,
    `<!-- end of ${name} -->`,
  ];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`there is no place for ${name}`);
  return `${before}${start}\n${block}\n${end}${after}`;
}

const check = process.argv.includes("--check");
const readme = readFileSync(join(root, "README.md"), "utf8");
const all = { ...files, "README.md": withBlock("boards", boardsBlock, readme) };
for (const [name, text] of Object.entries(all)) {
  const path = join(root, name);
  if (!check) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(
      `error: ${name} is out of date\nhint: run \`pnpm run generate\` and commit the result\n`,
    );
    process.exitCode = 1;
  }
}
