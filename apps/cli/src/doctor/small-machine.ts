/** With one processor nothing runs beside the step. */
export const leastCpus = 2;
/** In bytes: what Linux has left of 4 GB after firmware, graphics and the kernel itself. */
export const leastMemory = 3.5 * 1024 ** 3;

export const smallWords = `fewer than ${leastCpus} CPUs, or less than 4 GB of memory`;

/** Whether a machine, or the virtual one that containers run in, is too small for a quick build. */
export function isSmall({ cpus, memory }: { cpus: number; memory: number }): boolean {
  return cpus < leastCpus || memory < leastMemory;
}
