import type { EngineAnswer, EngineName, WindowsHost } from "@pibuild/host";
import type { Answer } from "./ask.ts";
import type { KernelParts } from "./kernel.ts";
import type { NamespaceRefusal } from "./namespaces.ts";
import type { Volume } from "./volume.ts";
import type { OwnWsl } from "./wsl.ts";

/** What pibuild asks of the machine it runs on. Each is looked up when it is asked for. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** Node's name of the processor. */
  readonly arch: string;
  /** The kernel's release. */
  readonly release: string;
  readonly root: boolean;
  readonly cpus: number;
  /** Bytes that this process may use of the machine's memory. */
  readonly memory: number;
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
  /** The path of what a shell would start by this name. */
  program(name: string): string | undefined;
  /** Bytes of a page of memory. */
  pageSize(): Promise<number>;
  kernel(): Promise<KernelParts>;
  /** What keeps steps from their namespaces; undefined where nothing does, or cannot be tried. */
  namespacesRefused(): Promise<NamespaceRefusal | undefined>;
  /** Undefined where this is not Windows. */
  windows(): Promise<WindowsHost | undefined>;
  /** Undefined where this is not the Windows Subsystem for Linux. */
  wsl(): Promise<OwnWsl | undefined>;
  /** The filesystem of a path, which need not exist. */
  volume(path: string): Promise<Volume>;
  /** Whether `a` and `A` are two names in a directory; undefined where this user may not try. */
  tellsCase(directory: string): Promise<boolean | undefined>;
  /** Why the kernel refuses an overlay over a directory; undefined where it does not, or cannot be asked. */
  overlayRefused(directory: string): Promise<string | undefined>;
  engine(name: EngineName): Promise<EngineAnswer>;
  /** What a server answers to a HEAD request, by way of a proxy where one is given. */
  ask(url: string, proxy: string): Promise<Answer>;
}
