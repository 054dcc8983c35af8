import type { Exec, Purpose } from "@pibuild/core";
import type { HostDirectories } from "@pibuild/host";
import type { Host } from "../host/host.ts";
import type { Needed } from "./needed.ts";

export type Status = "ok" | "warn" | "fail";

/** What a check found, and the command that would mend it. */
export interface CheckResult {
  readonly status: Status;
  readonly detail: string;
  /** What to do, as a command line where there is one; `--fix` runs the finding's own `mend`. */
  readonly fix?: string;
  readonly mend?: () => Promise<void>;
}

/** One question about the host: a row of the report and of the reference page. */
export interface Check {
  /** Stable: programs find the row by it. */
  readonly name: string;
  readonly asks: string;
  readonly warns: string;
  readonly fails: string;
  readonly mended: string;
  /** Whether `--fix` can mend it. */
  readonly mends: boolean;
  readonly on: "linux" | "anywhere";
  /** Undefined where the question does not arise. */
  readonly examine: (context: CheckContext) => Promise<CheckResult | undefined>;
}

/** What checks may look at. */
export interface CheckContext {
  readonly host: Host;
  readonly needed: Needed;
  readonly directories: HostDirectories;
  readonly exec: Exec;
  readonly env: NodeJS.ProcessEnv;
  readonly workspace: string;
  readonly purposes: readonly Purpose[];
  readonly message: (text: string) => void;
}

const order: readonly Status[] = ["ok", "warn", "fail"];

/** One finding of several: the worst one's status, and what all the bad ones say, a line each to fix. */
export function worst(findings: readonly CheckResult[]): CheckResult | undefined {
  const sorted = findings.toSorted((a, b) => order.indexOf(b.status) - order.indexOf(a.status));
  const [first] = sorted;
  if (first === undefined) return undefined;
  const shown = first.status === "ok" ? findings : sorted.filter(({ status }) => status !== "ok");
  const fixes = new Set(shown.flatMap(({ fix }) => fix ?? []));
  return {
    ...first,
    detail: shown.map(({ detail }) => detail).join("; "),
    ...(fixes.size > 0 ? { fix: [...fixes].join("\n") } : {}),
  };
}
