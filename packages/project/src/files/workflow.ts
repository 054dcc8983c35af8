import type { SettingName } from "@pibuild/config";
import { stringify } from "yaml";
import type { ImageText } from "./image-yaml.ts";
import type { PigenPin } from "./pins.ts";

/** GitHub's own actions, each at the commit of the release that its comment names. */
const actions = {
  checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
  node: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0",
  upload: "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
};

/**
 * A workflow that builds a project's images, on a runner that needs no emulation. A secret comes from
 * the repository's secret of the same name, as its file is in no clone.
 */
export function workflowText(
  images: readonly ImageText[],
  { pin, own }: { readonly pin: PigenPin | undefined; readonly own: string | undefined },
): string {
  const secrets = [...new Set(images.flatMap((image) => Object.keys(image.secretFiles ?? {})))];
  const env = Object.fromEntries(
    (secrets as SettingName[]).map((name) => [name, `\${{ secrets.${name} }}`]),
  );
  const build = images.map(({ name }) => ({
    run: `npx pibuild build ${name}`,
    ...(secrets.length > 0 ? { env } : {}),
  }));
  const submodules = own === "pi-gen" ? { submodules: true } : {};
  const job = {
    "runs-on": "ubuntu-24.04-arm",
    "timeout-minutes": 180,
    ...(own === undefined ? {} : { env: { PIGEN_DIR: own } }),
    steps: [
      { uses: actions.checkout, with: { "persist-credentials": false, ...submodules } },
      { uses: actions.node, with: { "node-version": 24 } },
      { run: "npm install" },
      { run: "npx pibuild doctor --fix" },
      ...(pin === undefined || own !== undefined ? [] : [{ run: "npx pibuild sync" }]),
      { run: "npx pibuild lint" },
      ...build,
      { uses: actions.upload, with: { name: "images", path: "dist/*/*.img.xz*" } },
    ],
  };
  const workflow = {
    name: "images",
    on: { push: { branches: ["main"] }, pull_request: {}, workflow_dispatch: {} },
    permissions: { contents: "read" },
    jobs: { images: job },
  };
  // An action's release stands behind it as a comment, which YAML's own writer would quote.
  return stringify(workflow, { lineWidth: 0 }).replace(/uses: "?([^"\n]+?)"?$/gm, "uses: $1");
}
