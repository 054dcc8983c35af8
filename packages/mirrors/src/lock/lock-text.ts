import { type ConfigIssue, PibuildError, type Sha256 } from "@pibuild/core";
import type { Lock, LockedPackage, LockedRelease } from "../policy/lock.ts";

const head = "# What an image takes from archives of packages. `pibuild lock` writes it.";

/** A lock as the text of its file: a line for each release and package, sorted, so that a change is a line of a diff. */
export function formatLock({ image, release, architecture, releases, packages }: Lock): string {
  const lines = [
    head,
    `image ${image} ${release} ${architecture}`,
    ...releases
      .map(({ archive, path, size, sha256, components = [] }) =>
        ["release", archive, path, size, sha256, components.join(",")].join(" ").trimEnd(),
      )
      .sort(),
    ...packages
      .map(
        ({ name, version, architecture: arch, archive, path, size, sha256 }) =>
          `package ${name} ${version} ${arch} ${archive} ${path} ${size} ${sha256}`,
      )
      .sort(),
  ];
  return `${lines.join("\n")}\n`;
}

const sum = "([0-9a-f]{64})";
const shapes = {
  image: /^image (\S+) (\S+) (\S+)$/,
  release: new RegExp(`^release (\\S+) (\\S+) (\\d+) ${sum}(?: (\\S+))?$`),
  package: new RegExp(`^package (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\d+) ${sum}$`),
} as const;

/** Reads a lock's text. Throws CONFIG_INVALID with every line that is none. */
export function parseLock(text: string, file: string): Lock {
  const issues: ConfigIssue[] = [];
  const releases: LockedRelease[] = [];
  const packages: LockedPackage[] = [];
  let image: Pick<Lock, "image" | "release" | "architecture"> | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const ofImage = shapes.image.exec(line);
    const ofRelease = shapes.release.exec(line);
    const ofPackage = shapes.package.exec(line);
    if (ofImage !== null && image === undefined) {
      const [, name = "", release = "", architecture = ""] = ofImage;
      image = { image: name, release, architecture };
    } else if (ofRelease !== null) {
      const [, archive = "", path = "", size = "", sha256 = "", components] = ofRelease;
      releases.push({
        ...{ archive, path, size: Number(size), sha256: sha256 as Sha256 },
        ...(components === undefined ? {} : { components: components.split(",") }),
      });
    } else if (ofPackage !== null) {
      const [
        ,
        name = "",
        version = "",
        architecture = "",
        archive = "",
        path = "",
        size = "",
        sha256 = "",
      ] = ofPackage;
      packages.push({
        ...{ name, version, architecture, archive, path },
        size: Number(size),
        sha256: sha256 as Sha256,
      });
    } else {
      const message = "expected a line as `pibuild lock` writes it";
      issues.push({
        message,
        at: { file, line: index + 1, column: 1 },
        sourceLine: line,
        length: line.length,
      });
    }
  }
  if (image === undefined)
    issues.push({ message: "expected a line `image NAME RELEASE ARCHITECTURE`", at: { file } });
  if (issues.length > 0 || image === undefined)
    throw new PibuildError("CONFIG_INVALID", { issues });
  return { ...image, releases, packages };
}
