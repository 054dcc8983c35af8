import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

const install = "apt-get -o Acquire::Retries=3 install";

describe("packages and debconf", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract(
      {
        apt: {
          "00-debconf/00-debconf": [
            "# a comment stays",
            `locales locales/default select \${LOCALE_DEFAULT}`,
            `keyboard layout select \${KEYBOARD_LAYOUT}`,
            "plain \\$dollar",
            "",
          ].join("\n"),
          "01-plain/00-packages": "one two # three\n# four\n\n  five\t six\nremoved- seven",
          "02-nr/00-packages-nr": "one # two\n",
          "03-nothing/00-packages": "",
          "03-nothing/01-packages": "# only a comment\n\n",
          "03-nothing/02-packages-nr": "\n",
          "03-nothing/03-run-chroot.sh": "echo end >>/seen\n",
          "04-expands/00-packages": `linux-image-\${ARCH} -t \${RELEASE}-backports\n`,
        },
      },
      "settings: { LOCALE_DEFAULT: de_DE.UTF-8 }",
    );
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("a debconf file is expanded inside the chroot, where settings are set", async () => {
    expect(run.stderr).toBe("");
    expect(await contract.seen("apt/00-debconf")).toEqual([
      "debconf # a comment stays",
      "debconf locales locales/default select de_DE.UTF-8",
      "debconf keyboard layout select English (UK)",
      "debconf plain $dollar",
    ]);
  });

  onSteps("a packages file is one call, without comments; `name-` passes through", async () => {
    const [last] = (await contract.seen("apt/01-plain")).slice(-1);
    expect(last).toBe(`${install} -y one two five six removed- seven`);
  });

  onSteps("packages-nr asks for no recommended packages", async () => {
    const [last] = (await contract.seen("apt/02-nr")).slice(-1);
    expect(last).toBe(`${install} --no-install-recommends -y one`);
  });

  onSteps("a file without names runs nothing, and nothing updates apt's lists", async () => {
    const lines = (await contract.seen("apt/03-nothing")).filter((line) => !/^debconf/.test(line));
    expect(lines).toEqual([
      `${install} -y one two five six removed- seven`,
      `${install} --no-install-recommends -y one`,
      "end",
    ]);
  });

  onSteps("variables and options in a packages file reach apt as pi-gen passes them", async () => {
    const [last] = (await contract.seen("apt/04-expands")).slice(-1);
    expect(last).toBe(`${install} -y linux-image-arm64 -t bookworm-backports`);
  });
});
