import { describe } from "vitest";
import { commonStore, createImageRig } from "./image-rig.ts";
import { describeUpdates } from "./update-cycle.ts";

describe("an update in the field, from a payload on a second disk", () => {
  describeUpdates({ name: "kn86", size: "1856MiB", open: () => createImageRig(commonStore) });
});
