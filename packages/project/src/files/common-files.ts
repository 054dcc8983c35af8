import { imageJsonSchema, pinFileName } from "@pibuild/config";
import { type ImageText, imageText } from "./image-yaml.ts";
import { type PigenPin, pinText } from "./pins.ts";
import type { ProjectFile } from "./project-file.ts";
import { workflowText } from "./workflow.ts";

export interface CommonFiles {
  readonly images: readonly ImageText[];
  /** Undefined for a project without stages of pi-gen. */
  readonly pin: PigenPin | undefined;
  /** What PIGEN_DIR has to be, where the pin is not what is built with. */
  readonly own?: string | undefined;
  /** Name of the project, for package.json. */
  readonly name: string;
  /** pibuild's own version. */
  readonly version: string;
}

/** What every project has, besides its stages. */
export function commonFiles({ images, pin, own, name, version }: CommonFiles): ProjectFile[] {
  const ignored = ["node_modules/", "dist/", ".pibuild/", "*.secret"];
  const scripts = Object.fromEntries(
    images.map((image) => [
      images.length === 1 ? "build" : `build:${image.name}`,
      `${own === undefined ? "" : `PIGEN_DIR=${own} `}pibuild build ${image.name}`,
    ]),
  );
  const manifest = { name, private: true, scripts, devDependencies: { pibuild: `^${version}` } };
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    { path: ".gitignore", text: ignored.map((line) => `${line}\n`).join(""), where: "append" },
    // Scripts run in Linux, whatever checks them out.
    { path: ".gitattributes", text: "* text=auto eol=lf\n", where: "prepend" },
    { path: "package.json", text: json(manifest), where: "keep" },
    { path: "image.schema.json", text: json(imageJsonSchema()), where: "replace" },
    {
      path: ".github/workflows/pibuild.yml",
      text: workflowText(images, { pin, own }),
      where: "keep",
    },
    ...(pin === undefined
      ? []
      : [{ path: pinFileName, text: pinText(pin), where: "keep" } as const]),
    ...images.map(
      (image) =>
        ({ path: `apps/${image.name}/image.yaml`, text: imageText(image), where: "new" }) as const,
    ),
  ];
}
