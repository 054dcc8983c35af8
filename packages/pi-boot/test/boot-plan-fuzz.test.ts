import { models, planBoot } from "@pibuild/pi-boot";
import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryVolume } from "./memory-volume.ts";

/** Inputs for each property; tools/fuzz tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 1000);
const timeout = 60_000 + numRuns * 50;
const seed = process.env.PIBUILD_FUZZ_SEED;
const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };

const filter = fc.constantFrom(
  ...["[all]", "[none]", "[tryboot]", "[pi4]", "[PI5]", "[pi9]", "[gpio4=1]", "[boot_partition=2]"],
  ...["[boot_partition&0xfffffffffffffffff=1]", "[board-type=0x11]", "[", "[]", "[constructor]"],
);
const name = fc.oneof(
  fc.constantFrom("a", "kernel8.img", "/k", "a/", "", "config.txt", "more.txt", "..", "x,y,"),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const key = fc.constantFrom(
  ...[
    "kernel",
    "cmdline",
    "initramfs",
    "ramfsfile",
    "auto_initramfs",
    "os_prefix",
    "overlay_prefix",
  ],
  ...["device_tree", "armstub", "arm_64bit", "upstream_kernel", "start_file", "boot_ramdisk", "x"],
  ...["include", "constructor", "__proto__"],
);
const setting = fc
  .tuple(key, fc.constantFrom("=", " ", " = ", ""), name)
  .map((parts) => parts.join(""));
const line = fc.oneof(filter, setting, fc.string({ unit: "binary", maxLength: 120 }));
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join("\n"));
const model = fc.constantFrom(...models);

test("any config.txt is read to its end, and names its files or its defaults", {
  timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(text, text, model, fc.boolean(), async (config, more, one, tryboot) => {
      const volume = memoryVolume({ "config.txt": config, "more.txt": more, a: "x" });
      const plan = await planBoot(volume, { model: one, partition: 2, tryboot }, true);
      expect(plan.cmdline.path).not.toBe("");
      expect(plan.kernel.path).not.toBe("");
      // A prefix counts only where the kernel is under it, or was named from the top.
      if (plan.prefix !== "") expect(plan.kernel.found).toBe(true);
      for (const { file, line } of plan.undecided) {
        expect(["config.txt", "more.txt"].includes(file) && line > 0).toBe(true);
      }
    }),
    parameters,
  );
});

test("lines that no filter lets through change nothing", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(text, text, model, async (config, hidden, one) => {
      // A filter among them would let the rest through, and a file in itself has them in its middle.
      const [kept, plainText] = [hidden.replaceAll("[", ""), config.replaceAll("include", "")];
      const state = { model: one, partition: 2, tryboot: false };
      const plain = memoryVolume({ "config.txt": plainText });
      const longer = memoryVolume({ "config.txt": `${plainText}\n[none]\n${kept}` });
      expect(await planBoot(longer, state, true)).toEqual(await planBoot(plain, state, true));
    }),
    parameters,
  );
});
