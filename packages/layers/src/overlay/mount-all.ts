import { type Exec, findProgram, nullEnded } from "@pibuild/core";

/** What mount(8) is told of one mount. */
export interface Mount {
  /** `none` for what has none, such as a bind. */
  readonly type: string;
  readonly options: string;
  readonly source: string;
  readonly target: string;
}

/** Mounts one; 255 is what makes xargs stop there, before what lies on a mount that failed. */
const orStop = '"$0" "$@" || exit 255';

/**
 * Mounts one after the other, by one start of a program from here: each costs this process some milliseconds,
 * which is most of what a mount takes.
 */
export async function mountAll(exec: Exec, mounts: readonly Mount[], cwd?: string): Promise<void> {
  if (mounts.length === 0) return;
  const words = mounts.map(({ type, options, source, target }) => [
    ...["-t", type, "-o", options],
    ...[source, target],
  ]);
  await exec.run({
    program: "xargs",
    args: [
      ...["--null", `--max-args=${words[0]?.length}`],
      ...["sh", "-c", orStop, findProgram("mount") ?? "mount"],
    ],
    input: nullEnded(words.flat()),
    ...(cwd === undefined ? {} : { cwd }),
    // Newer mount(8) splits the options and caps each at 256 bytes; mount(2) takes them whole.
    env: { LIBMOUNT_FORCE_MOUNT2: "always" },
  });
}
