import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What can be seen on a machine of whoever worked on it, one line each. */
export interface HostTraces {
  readonly mounts: readonly string[];
  /** Entries of binfmt_misc. */
  readonly handlers: readonly string[];
  readonly loops: readonly string[];
  readonly processes: readonly string[];
  /** Below /tmp, /run and /dev. */
  readonly files: readonly string[];
  readonly cgroups: readonly string[];
  readonly networkDevices: readonly string[];
  /** Those that listen. */
  readonly sockets: readonly string[];
  readonly sysctls: readonly string[];
}

/** Looks at the machine, as this process sees it. */
export function hostTraces(): HostTraces {
  return {
    mounts: mounts(),
    handlers: handlers(),
    loops: loops(),
    processes: processes(),
    files: ["/tmp", "/run", "/dev"].flatMap((directory) => filesBelow(directory, 3)),
    cgroups: directoriesBelow("/sys/fs/cgroup"),
    networkDevices: [...text("/proc/net/dev").matchAll(/^\s*(\S+):/gm)].map(
      ([, name = ""]) => name,
    ),
    sockets: sockets(),
    sysctls: sysctls("/proc/sys"),
  };
}

/** What came (+) and what went (-), each with its kind; nothing where nothing changed. */
export function changedTraces(before: HostTraces, after: HostTraces): string[] {
  const kinds = Object.keys(before) as (keyof HostTraces)[];
  return kinds.flatMap((kind) => [
    ...missingFrom(before[kind], after[kind]).map((line) => `+ ${kind}: ${line}`),
    ...missingFrom(after[kind], before[kind]).map((line) => `- ${kind}: ${line}`),
  ]);
}

/**
 * Those lines that tests of this repository may have left, on a machine where others work as well. The
 * tests have a pid namespace, mounts and a /tmp of their own; the rest goes by names. What Docker and
 * Podman keep of themselves in /run and among the cgroups, once they were started, is theirs.
 */
export function ofTheseTests(lines: readonly string[]): string[] {
  const own = /^. (?:mounts|handlers|processes|loops|files: (?!\/(?:run|dev)\/))/;
  const named = /pibuild|kn86/;
  return lines.filter(
    (line) => (own.test(line) || named.test(line)) && line !== mountPoint && !isNxs.test(line),
  );
}

/** Where Nx keeps what it compiled when it is not pibuild that starts it. */
const isNxs = /^. files: \/tmp\/\.nx\b/;

/**
 * The directory on which each build mounts what its scripts see. It is empty, and stays: to remove a
 * directory unmounts what another build has mounted on it.
 */
const mountPoint = "+ files: /run/pibuild";

function missingFrom(some: readonly string[], lines: readonly string[]): string[] {
  const known = new Set(some);
  return lines.filter((line) => !known.has(line));
}

/** Without the numbers of mounts, which say nothing; proc_pid_mountinfo(5). */
function mounts(): string[] {
  const lines = text("/proc/self/mountinfo").trimEnd().split("\n");
  return lines.map((line) => line.split(" ").slice(2).join(" "));
}

/** Those that stay when nobody uses them any more; a mount's own end with it. */
function loops(): string[] {
  return namesIn("/sys/block").flatMap((name) => {
    const about = (key: string) => text(join("/sys/block", name, "loop", key)).trim();
    const file = about("backing_file");
    return file === "" || about("autoclear") === "1" ? [] : [`${name} ${file}`];
  });
}

function handlers(): string[] {
  const directory = "/proc/sys/fs/binfmt_misc";
  return namesIn(directory).map(
    (name) => `${name} ${text(join(directory, name)).replaceAll("\n", " ")}`,
  );
}

/** Each with the time of its start, since numbers are used again; not those of the kernel. */
function processes(): string[] {
  return namesIn("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const { state, parent, started } = statOf(pid);
      const command = text(join("/proc", pid, "cmdline"))
        .replaceAll(/[\0\s]+/g, " ")
        .slice(0, 160)
        .trim();
      const kernel = parent === "0" ? command === "" : parent === "2";
      // Whether one that has ended is asked for is its parent's affair.
      const gone = state === undefined || state === "Z" || state === "X";
      return gone || kernel || isOurs(pid) ? [] : [`${pid} ${started} ${command}`];
    });
}

/** Of proc_pid_stat(5); what stands in parentheses before it may hold spaces. */
function statOf(pid: string) {
  const stat = text(join("/proc", pid, "stat"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" ? {} : { state: fields[0], parent: fields[1], started: fields[19] };
}

/** Whether a process is this one's child, or a child's. */
function isOurs(pid: string | undefined): boolean {
  if (pid === undefined || pid === "0") return false;
  return Number(pid) === process.pid || isOurs(statOf(pid).parent);
}

function filesBelow(directory: string, depth: number): string[] {
  if (depth === 0 || directory === "/dev/pts") return [];
  return entriesOf(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    return [path, ...(entry.isDirectory() ? filesBelow(path, depth - 1) : [])];
  });
}

function directoriesBelow(directory: string): string[] {
  return entriesOf(directory)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .flatMap((path) => [path, ...directoriesBelow(path)]);
}

/** State 0A is TCP_LISTEN; the flag of a unix socket that listens is __SO_ACCEPTCON. */
function sockets(): string[] {
  const tcp = ["tcp", "tcp6"].flatMap((name) =>
    rowsOf(`/proc/net/${name}`).flatMap((row) => (row[3] === "0A" ? [`${name} ${row[1]}`] : [])),
  );
  const unix = rowsOf("/proc/net/unix").flatMap((row) =>
    row[3] === "00010000" && row[7] !== undefined ? [`unix ${row[7]}`] : [],
  );
  return [...tcp, ...unix];
}

function rowsOf(path: string): string[][] {
  const lines = text(path).trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/));
}

/** Values that change by themselves, and what only some processes see. */
const unsteady =
  /random\/|ns_last_pid|-nr$|-state$|state$|_count$|pty\/nr|max_sample_rate|overflow|cad_pid|sched_domain|stat_refresh|quota\/|binfmt_misc/;

function sysctls(directory: string): string[] {
  return entriesOf(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (unsteady.test(path)) return [];
    return entry.isDirectory() ? sysctls(path) : [`${path} ${text(path).trim()}`];
  });
}

function namesIn(directory: string): string[] {
  return entriesOf(directory).map(({ name }) => name);
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    // It is gone meanwhile, or not for us.
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
