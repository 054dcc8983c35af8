import { smallBase } from "../../../test/outside/own-repository.ts";

/** An image that is built in seconds, of this machine's programs, in the place of those that workflows name. */
export const smallImage: Readonly<Record<string, string>> = {
  "apps/small/image.yaml": `stages: [stages/small-base]
export: [stages/partitions]
compression: { level: 0 }
`,
  "stages/small-base/prerun.sh": smallBase["stages/debian-base/prerun.sh"] ?? "",
};
