import type { Emit, Exec } from "@pibuild/core";
import type { Scratch, Store } from "@pibuild/layers";
import type { TwinChoice } from "./twin-variable.ts";

/** What a twin depends on, and where it is made. */
export interface TwinContext {
  readonly spec: {
    readonly release: string;
    readonly arch: string;
    /** APT_MIRROR and APT_SECURITY_MIRROR among them. */
    readonly variables: Readonly<Record<string, string>>;
    /** Set where the tree begins with the release's own packages, and is upgraded later. */
    readonly piGen?: string | undefined;
  };
  /** Lines of an apt.conf, for what fetches its packages. */
  readonly aptOptions: readonly string[];
  readonly directories: {
    readonly packages: string;
  };
  readonly store: Store;
  readonly scratch: Scratch;
  readonly exec: Exec;
  readonly emit: Emit;
  readonly twin: TwinChoice;
}
