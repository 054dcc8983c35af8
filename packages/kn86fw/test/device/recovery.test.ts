import { parseAutoboot } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { type CrashState, crashStates } from "../crash/crash-states.ts";
import { randomFrom } from "../crash/random.ts";
import { createRig } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { createMachine } from "./machine.ts";
import { record, scenarioPayloads } from "./recording.ts";
import { images, next, scenarios } from "./scenarios.ts";
import { everything, otherSlot, slotHolding, slotOf } from "./slots.ts";

/** How many of the states of each run are brought up again. */
const samples = 8;

/** The machine as it boots after the cut: the slot that `autoboot.txt` names, with what is in it. */
async function bootAfter({ partitions, files }: CrashState) {
  const autoboot = partitions.common.subarray(autobootOffset, autobootOffset + 512);
  const slot = parseAutoboot(autoboot).boot === 2 ? "a" : "b";
  const root = partitions[`root-${slot}`];
  const [version = "none"] = Object.entries(images).find(([, one]) => one.root.equals(root)) ?? [];
  const device = { VERSION: version, SECURITY_EPOCH: 1 };
  const machine = await createMachine({ slot, device, partitions });
  for (const [name, content] of files) await machine.write(`home/shared/${name}`, content);
  return { machine, slot } as const;
}

for (const name of ["apply while an older update is pending", "confirm on trial"] as const) {
  needs("strace")(
    `wherever the power went during: ${name}, the next boot settles it, and an update can be applied`,
    async () => {
      await using rig = await createRig();
      const payloads = await scenarioPayloads(rig);
      const recording = await record(scenarios[name], payloads);
      const states = [...crashStates(recording.log, { ...recording, draws: 20 })];
      const random = randomFrom(7);
      for (let sample = 0; sample < samples; sample++) {
        const state = states[Math.floor(random() * states.length)] as CrashState;
        const { machine, slot } = await bootAfter(state);
        await using _ = machine;
        expect(await machine.update("confirm"), state.how).toMatchObject({
          exitCode: 0,
          stderr: "",
        });
        expect((await everything(machine)).pending).toBeUndefined();
        const applied = await machine.update("apply", payloads.PAYLOAD);
        expect(applied, state.how).toMatchObject({ exitCode: 0, stderr: "" });
        const other = otherSlot[slot];
        expect(await slotOf(machine, other)).toEqual(slotHolding(images[next], other));
      }
    },
    5 * 60_000,
  );
}
