import { Directory, type FileFate } from "./directory.ts";
import { type Fate, type FloatingSector, Medium } from "./medium.ts";
import type { Files, Operation, Partitions } from "./operation.ts";
import { randomFrom } from "./random.ts";

/** What a device is when the power comes back. */
export interface CrashState {
  readonly partitions: Partitions;
  readonly files: Files;
  /** How many operations were begun, and what happened to those that were not flushed. */
  readonly after: number;
  readonly how: string;
  /** The firmware was asked to try the other slot. */
  readonly asked: boolean;
}

export interface CrashOptions {
  readonly partitions: Partitions;
  readonly files: Files;
  /** States at each point that are drawn, besides those that are listed. */
  readonly draws: number;
  readonly seed?: number;
}

type Draw = [how: string, (sector: FloatingSector, index: number) => Fate];

const nothing: FileFate = { changes: () => 0, content: "durable" };
const everything: FileFate = { changes: (_, floating) => floating, content: "written" };

/** Every point at which the power may go while this is done, and what may be left then. */
export function* crashStates(
  log: readonly Operation[],
  { partitions, files, draws, seed = 1 }: CrashOptions,
): Generator<CrashState> {
  const medium = new Medium(partitions);
  const directory = new Directory(files);
  const random = randomFrom(seed);
  let asked = false;
  for (let after = 0; after <= log.length; after++) {
    const operation = log[after - 1];
    if (operation !== undefined) {
      if (operation.op === "reboot") asked = true;
      else if (operation.op === "write" || operation.op === "flush") medium.do(operation);
      else directory.do(operation);
    }
    const state = (how: string, fate: Draw[1], fileFate: FileFate): CrashState => ({
      ...{ partitions: medium.cut(fate), files: directory.cut(fileFate), after, how, asked },
    });
    for (const [how, fate] of listed(medium.floating, operation)) {
      yield state(`${how}, no change of files`, fate, nothing);
      if (directory.floating.length > 0)
        yield state(`${how}, all changes of files`, fate, everything);
    }
    for (const fate of fileFates(directory)) {
      yield state("no sector, some changes of files", () => "nothing", fate);
      yield state("every sector, some changes of files", () => "all", fate);
    }
    if (medium.floating.length === 0) continue;
    for (let draw = 0; draw < draws; draw++) {
      const share = random();
      const fate = (): Fate => {
        if (random() >= share) return "nothing";
        if (random() > 0.02) return "all";
        const at = Math.floor(random() * 512);
        return random() < 0.5 ? { upTo: at } : { from: at };
      };
      yield state(`draw ${draw}`, fate, random() < 0.5 ? nothing : everything);
    }
  }
}

/** None, all, each write alone, all but each write; and every tear of a sector that is written alone. */
function listed(floating: readonly FloatingSector[], last: Operation | undefined): Draw[] {
  const draws: Draw[] = [["no sector", () => "nothing"]];
  if (floating.length === 0) return draws;
  draws.push(["every sector", () => "all"]);
  for (const one of new Set(floating.map(({ write }) => write))) {
    draws.push([`only write ${one}`, ({ write }) => (write === one ? "all" : "nothing")]);
    draws.push([`all but write ${one}`, ({ write }) => (write === one ? "nothing" : "all")]);
  }
  for (const before of ["all", "nothing"] as const) {
    const end = floating.length - 1;
    const tear = (fate: Fate) => (_: FloatingSector, index: number) =>
      index === end ? fate : before;
    if (last?.op !== "write" || last.data.length > 512) break;
    for (let at = 1; at < last.data.length; at++) {
      draws.push(
        [`torn before ${at}`, tear({ upTo: at })],
        [`torn from ${at}`, tear({ from: at })],
      );
    }
  }
  if (last?.op !== "write") return draws;
  // In the order of the sectors, from either end.
  const { write } = floating.at(-1) as FloatingSector;
  const own = floating.filter((sector) => sector.write === write);
  for (let count = 1; count < own.length; count++) {
    const [first, rest] = [new Set(own.slice(0, count)), new Set(own.slice(count))];
    draws.push([`${count} sectors`, (sector) => (rest.has(sector) ? "nothing" : "all")]);
    draws.push([`without ${count} sectors`, (sector) => (first.has(sector) ? "nothing" : "all")]);
  }
  return draws;
}

function* fileFates({ floating }: Directory): Generator<FileFate> {
  for (const [name, count] of floating) {
    for (let last = 0; last <= count; last++) {
      for (const content of ["durable", "half", "written"] as const) {
        for (const others of [nothing, everything]) {
          yield {
            changes: (directory, all) =>
              directory === name ? last : others.changes(directory, all),
            content,
          };
        }
      }
    }
  }
}
