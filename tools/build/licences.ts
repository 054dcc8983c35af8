import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * Writes `licences.txt` beside a bundle: the licence of every package that is part of it, and of data of
 * others that lies among our sources.
 */
export const licences: Plugin = {
  name: "licences",
  setup(build) {
    const { absWorkingDir = process.cwd(), outdir = "dist" } = build.initialOptions;
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const inputs = Object.keys(metafile?.inputs ?? {});
      const files = inputs.filter((file) => file.includes("node_modules"));
      const packages = new Set(files.map((file) => packageOf(resolve(absWorkingDir, file))));
      const own = inputs.filter((file) => !files.includes(file));
      const directories = new Set(own.map((file) => dirname(resolve(absWorkingDir, file))));
      const texts = [
        ...[...packages].map(licenceOf),
        ...[...directories].flatMap(dataLicence),
      ].sort();
      const directory = join(absWorkingDir, outdir);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, "licences.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
    });
  },
};

/** The directory of the package that a file belongs to. Some have manifests without a name within. */
function packageOf(file: string): string {
  const directory = dirname(file);
  const manifest = join(directory, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined) {
    return directory;
  }
  return packageOf(directory);
}

/** What a package says of its licence: the text where it brings one, else which it is. */
function licenceOf(directory: string): string {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? manifest.license : readFileSync(join(directory, file), "utf8");
  if (text === undefined) throw new Error(`${manifest.name} does not say which licence it has`);
  return `${manifest.name} ${manifest.version}\n\n${text.trim()}\n`;
}

/** The licence of data that has one of its own beside it, under the title of its README. */
function dataLicence(directory: string): string[] {
  const file = join(directory, "LICENSE");
  if (!existsSync(file)) return [];
  const [title = ""] = readFileSync(join(directory, "README.md"), "utf8").split("\n");
  return [`${title.replace(/^# /, "")}\n\n${readFileSync(file, "utf8").trim()}\n`];
}
