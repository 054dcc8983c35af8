import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, formatLocation, removeTree, renderError } from "@pibuild/core";
import { type Tree, testGit, writeTree } from "@pibuild/test-kit";
import { adoptProject } from "../src/adopt/adopt-project.ts";
import { findPigenSource } from "../src/adopt/pigen-source.ts";
import { imageText } from "../src/files/image-yaml.ts";
import { withSecretFiles } from "../src/files/secret-files.ts";

const prerun = 'if [ ! -d "${ROOTFS_DIR}" ]; then copy_previous; fi\n';

/** A stage of a project's own. */
export const ownStage = (name: string): Tree => ({
  [`${name}/prerun.sh`]: prerun,
  [`${name}/00-app/00-run.sh`]: "true\n",
});

/** Files with the shape of pi-gen's for a release and an architecture, and none of its text. */
export function pigenTree(release: string, arch: string): Tree {
  const stages = [0, 1, 2, 3, 4, 5].map((number) => [`stage${number}/prerun.sh`, prerun]);
  const exports = Object.entries({ stage2: "-lite", stage4: "", stage5: "-full" });
  return {
    "build.sh": `export ARCH=${arch}\nexport RELEASE=\${RELEASE:-${release}}\n`,
    "scripts/common": "log() { echo; }\n",
    ...Object.fromEntries(stages),
    "stage2/01-sys-tweaks/00-packages": "vim\n",
    ...Object.fromEntries(
      exports.map(([stage, suffix]) => [`${stage}/EXPORT_IMAGE`, `IMG_SUFFIX="${suffix}"\n`]),
    ),
    "export-image/01-user-rename/01-run.sh": "true\n",
    ".gitignore": "config\nSKIP\nSKIP_IMAGES\n",
  };
}

export interface AdoptCase {
  readonly files: Tree;
  readonly set?: Readonly<Record<string, string>>;
  readonly release?: string;
  readonly arm64?: boolean;
  /** A tag that the directory, or `pi-gen/` in it, is committed under before `after` is written. */
  readonly tag?: string;
  readonly at?: string;
  readonly after?: Tree;
}

export interface Told {
  /** The text of each image.yaml without its comments, by name. */
  readonly images: Readonly<Record<string, string>>;
  /** Lines about what is not carried over. */
  readonly notes: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly pinned: string;
  /** PIGEN_DIR that it has to be built with; empty for none. */
  readonly own: string;
  /** The error in the place of all that. */
  readonly error: string;
}

/** What adopting a project comes to; the directory is called `<project>`. */
export async function adopt(wanted: AdoptCase): Promise<Told> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild adopt-")));
  const shown = (text: string) => text.replaceAll(directory, "<project>");
  const { set: given = {}, release, arm64 = false, tag, at = ".", after = {} } = wanted;
  try {
    await writeTree(directory, wanted.files);
    if (tag !== undefined) {
      const checkout = join(directory, at);
      await testGit(checkout, "init", "--quiet");
      await testGit(checkout, "add", "--all");
      await testGit(checkout, "commit", "--quiet", "--message=pi-gen");
      await testGit(checkout, "tag", tag);
    }
    await writeTree(directory, after);
    const source = findPigenSource(directory);
    if (source === undefined) throw new Error("nothing describes it to pi-gen");
    const adopted = await adoptProject({
      ...{ directory, source, given, release, arm64 },
      ...{ exec: createExec(), env: {} },
    });
    const { images } = withSecretFiles(adopted.images, adopted.secrets);
    const texts = images.map((image) => [
      image.name,
      shown(imageText(image).replace(/^(?:#.*)?\n/gm, "")),
    ]);
    return {
      images: Object.fromEntries(texts),
      notes: adopted.notes.map((note) => shown(`${formatLocation(note.at)}: ${note.message}`)),
      secrets: adopted.secrets,
      pinned: adopted.pin.tag,
      own: adopted.own ?? "",
      error: "",
    };
  } catch (error) {
    const told = { images: {}, notes: [], secrets: {}, pinned: "", own: "" };
    return { ...told, error: shown(renderError(error)) };
  } finally {
    await removeTree(directory);
  }
}
