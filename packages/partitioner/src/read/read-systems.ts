import {
  type BootPlan,
  type FatVolume,
  fatBootVolume,
  models,
  planBoot,
  type UndecidedLine,
} from "@pibuild/pi-boot";
import type { DiskReader } from "./disk-reader.ts";

/** A kernel that some models of boards start, with their device tree beside it. */
export interface SeenKernel {
  readonly kernel: string;
  readonly initramfs?: readonly string[];
  readonly models: readonly string[];
}

/** A system that the firmware starts from one boot partition. */
export interface SeenSystem {
  readonly boot: number;
  /** Only a boot that `reboot '0 tryboot'` asked for starts it. */
  readonly tryboot?: true;
  /** Where config.txt sends others elsewhere: the models that this is for. */
  readonly models?: readonly string[];
  /** Where it is not `cmdline.txt`. */
  readonly cmdline?: string;
  /** It is inside of this image, which is not looked into. */
  readonly ramdisk?: string;
  readonly kernels?: readonly SeenKernel[];
  /** Settings that only a board that starts can decide on. */
  readonly undecided?: readonly UndecidedLine[];
  /** The command line's bytes, as text. */
  readonly words: string;
}

/** How a partition is started. */
export interface Start {
  readonly partition: number;
  readonly tryboot: boolean;
  readonly abUpdate: boolean;
}

/** More than any kernel reads of a command line. */
const maxCmdlineBytes = 4096;

/** The systems that the models of boards find in a boot partition: most often one. */
export async function readSystems(
  disk: DiskReader,
  fat: FatVolume,
  { partition, tryboot, abUpdate }: Start,
): Promise<SeenSystem[]> {
  const volume = fatBootVolume(disk, fat);
  const plans: (BootPlan & { readonly model: string })[] = [];
  for (const model of models) {
    const plan = await planBoot(volume, { model, partition, tryboot }, abUpdate);
    const isSystem = plan.ramdisk?.found || plan.cmdline.found;
    // A test without the file that it asks for is none.
    if (isSystem && (!tryboot || plan.config.found)) plans.push({ ...plan, model: model.name });
  }
  const keyOf = ({ ramdisk, cmdline }: BootPlan) => ramdisk?.path ?? `: ${cmdline.path}`;
  const systems: SeenSystem[] = [];
  for (const group of Map.groupBy(plans, keyOf).values()) {
    const [{ ramdisk, cmdline, undecided }] = group as [(typeof plans)[0]];
    const bytes = ramdisk ? undefined : await volume.read(cmdline.path, maxCmdlineBytes);
    if (ramdisk === undefined && bytes === undefined) continue;
    const kernels = ramdisk ? [] : kernelsOf(group);
    systems.push({
      boot: partition,
      ...(tryboot ? { tryboot } : {}),
      ...(group.length === models.length ? {} : { models: group.map(({ model }) => model) }),
      ...(ramdisk ? { ramdisk: ramdisk.path } : {}),
      ...(ramdisk || cmdline.path === "cmdline.txt" ? {} : { cmdline: cmdline.path }),
      ...(kernels.length === 0 ? {} : { kernels }),
      ...(undecided.length === 0 ? {} : { undecided }),
      words: bytes?.toString("latin1") ?? "",
    });
  }
  // Where some boards find a kernel, those that find none would not start.
  const withKernel = systems.filter(({ kernels, ramdisk }) => kernels ?? ramdisk);
  return withKernel.length > 0 ? withKernel : systems;
}

function kernelsOf(plans: readonly (BootPlan & { readonly model: string })[]): SeenKernel[] {
  const able = plans.filter(
    ({ kernel, tree }) => kernel.found && (tree === "none wanted" || tree.found),
  );
  const namesOf = ({ initramfs }: BootPlan) => initramfs.map(({ path }) => path);
  const groups = Map.groupBy(able, (plan) => [plan.kernel.path, ...namesOf(plan)].join("\n"));
  return [...groups.values()].map((group) => {
    const [first] = group as [(typeof able)[0]];
    const initramfs = namesOf(first);
    return {
      kernel: first.kernel.path,
      ...(initramfs.length === 0 ? {} : { initramfs }),
      models: group.map(({ model }) => model),
    };
  });
}
