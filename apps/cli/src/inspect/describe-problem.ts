import type { TableProblem } from "@pibuild/partitioner";

const tables = { mbr: "MBR", gpt: "GPT" } as const;

/** What is wrong with a partition table, in words. */
export function describeProblem(problem: TableProblem): string {
  switch (problem.kind) {
    case "outside":
      return `${tables[problem.table]}: partition ${problem.number} ends behind the end of the disk`;
    case "empty":
      return `${tables[problem.table]}: partition ${problem.number} has no size`;
    case "overlap":
      return `${tables[problem.table]}: partition ${problem.number} overlaps partition ${problem.other}`;
    case "order":
      return `${tables[problem.table]}: partition ${problem.number} lies behind partition ${problem.other}, so a firmware may count them differently`;
    case "gpt-damaged":
      return `GPT: the ${problem.copy} copy has a wrong ${problem.why}`;
    case "gpt-unannounced":
      return "a GPT is there, but no MBR entry of type 0xee says so: Linux does not use it";
    case "gpt-missing":
      return "the MBR says that there is a GPT, and neither copy of it can be read";
    case "chain":
      return `MBR: the chain of partitions in the container breaks at sector ${problem.sector}`;
    case "views-differ":
      return problem.gptNumber === undefined
        ? `partition ${problem.mbrNumber} of the MBR is none of the GPT's`
        : `partition ${problem.mbrNumber} of the MBR is partition ${problem.gptNumber} of the GPT: firmware and kernel count differently`;
  }
}
