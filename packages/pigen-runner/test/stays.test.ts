import { mayLeave } from "@pibuild/layers";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const note = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;

/** Why each layer of a build stays on its machine. */
async function stays(stage: Readonly<Record<string, string>>, env = {}) {
  await using contract = await createContract({ s: stage });
  expect(await contract.build(undefined, env)).toMatchObject({ exitCode: 0 });
  const records = await Promise.all(
    ["base/prerun", ...Object.keys(stage).map((path) => `s/${path.split("/")[0]}`)].map((step) =>
      contract.record(step),
    ),
  );
  expect(records.map((record) => record.version)).toEqual(records.map(() => 2));
  expect(records.map(mayLeave)).toEqual(records.map((record) => record.stays === undefined));
  return records.map((record) => record.stays);
}

const withSecret = {
  "00-before/00-run.sh": note("before"),
  "01-user/00-run.sh": note("${FIRST_USER_PASS}"),
  "02-above/00-run.sh": note("above"),
};

describe("a layer stays on its machine", () => {
  onSteps("from the step on that sees a secret", async () => {
    expect(await stays(withSecret, { FIRST_USER_PASS: "correct horse" })).toEqual([
      ...[undefined, undefined, "secret", "secret"],
    ]);
  });

  onSteps("not where the secret is empty, or nobody asks for it", async () => {
    const { "01-user/00-run.sh": _, ...others } = withSecret;
    expect(await stays(withSecret)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await stays(others, { FIRST_USER_PASS: "correct horse" })).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  onSteps(
    "from the step on that reads what nobody can name; a secret above weighs more",
    async () => {
      const outside = `#!/bin/bash -e\nls "\${BASE_DIR}" >/dev/null\n`;
      const stage = { "00-a-reads/00-run.sh": outside, ...withSecret };
      expect(await stays(stage, { FIRST_USER_PASS: "correct horse" })).toEqual([
        ...[undefined, "machine", "machine", "secret", "secret"],
      ]);
    },
  );
});
