import { scratchStage } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { formatFinding } from "../src/describe-finding.ts";
import { repeated } from "../src/repeated.ts";
import { lintNames, prerun } from "./lint-rig.ts";

test("what is found many times in a file is one line, which names the others", async () => {
  const chroot = "rm $ROOTFS_DIR/x\n";
  const stage = await scratchStage("stage2", {
    "prerun.sh": prerun,
    "00-a/00-run-chroot.sh": `${chroot.repeat(7)}rm \${ROOTFS_DIR}/x\n`,
    "01-b/00-run-chroot.sh": chroot.repeat(2),
  });
  const { findings } = await lintNames(stage, ["."], ["shellcheck"]);
  expect(findings).toHaveLength(10);
  const lines = repeated(findings).map(({ finding, lines }) =>
    formatFinding(finding, finding.file.slice(stage.length + 1), lines).replace(
      /: error: .*\(/,
      " (",
    ),
  );
  expect(lines).toEqual([
    "00-a/00-run-chroot.sh:1:4 (HOST_PATH_IN_CHROOT), also on line 2, 3, 4, 5, 6 and 1 more",
    "00-a/00-run-chroot.sh:8:4 (HOST_PATH_IN_CHROOT)",
    "01-b/00-run-chroot.sh:1:4 (HOST_PATH_IN_CHROOT), also on line 2",
  ]);
});
