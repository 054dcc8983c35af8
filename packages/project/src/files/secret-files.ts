import type { SettingName } from "@pibuild/config";
import type { ImageText } from "./image-yaml.ts";
import type { ProjectFile } from "./project-file.ts";

/**
 * Keeps secrets out of image.yaml, which is committed: each goes into a file beside it that only its owner
 * reads and git ignores.
 */
export function withSecretFiles(
  images: readonly ImageText[],
  secrets: Partial<Record<SettingName, string>>,
): { readonly images: readonly ImageText[]; readonly files: readonly ProjectFile[] } {
  const named = Object.keys(secrets).map((name) => [name, fileName(name)] as const);
  return {
    images: images.map((image) => ({ ...image, secretFiles: Object.fromEntries(named) })),
    files: images.flatMap((image) =>
      named.map(([name, file]) => ({
        path: `apps/${image.name}/${file}`,
        text: `${secrets[name as SettingName]}\n`,
        mode: 0o600,
        where: "keep" as const,
      })),
    ),
  };
}

function fileName(setting: string): string {
  return `${setting.toLowerCase().replaceAll("_", "-")}.secret`;
}
