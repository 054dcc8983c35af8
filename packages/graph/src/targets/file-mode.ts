import type { Image } from "@pibuild/config";

/** The mode of files that hold an image: with secrets in it, only their owner may read them. */
export function fileMode({ secrets }: Pick<Image, "secrets">): number {
  return secrets.length > 0 ? 0o600 : 0o644;
}
