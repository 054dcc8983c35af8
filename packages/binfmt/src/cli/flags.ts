import { type EngineName, engineNames } from "@pibuild/host";
import { defaultImage } from "../container/image.ts";
import { type ForeignArch, foreignArchs } from "../foreign-arch.ts";

/** What every command takes. */
export interface ArchFlags {
  readonly arch?: readonly ForeignArch[];
  readonly json: boolean;
}

/** What commands take that may work through a container. */
export interface ContainerFlags {
  readonly container: boolean;
  readonly engine?: EngineName;
  readonly image?: string;
}

export const archFlags = {
  arch: {
    kind: "enum",
    values: foreignArchs,
    variadic: ",",
    optional: true,
    brief: "The architecture of the programs; default: all of these",
  },
  json: {
    kind: "boolean",
    brief: "Write one JSON document to standard output",
    default: false,
  },
} as const;

export const containerFlags = {
  container: {
    kind: "boolean",
    brief: "Register in the kernel of Docker or Podman, through a privileged container",
    default: false,
  },
  engine: {
    kind: "enum",
    values: engineNames,
    optional: true,
    brief: "Which engine; default: the first that answers",
  },
  image: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "image",
    brief: `An image to use in place of ${defaultImage}`,
  },
} as const;

/** The architectures that a command is about. */
export function archsOf({ arch }: ArchFlags): readonly ForeignArch[] {
  return arch === undefined || arch.length === 0 ? foreignArchs : arch;
}

/** Options of the container's way: only those that were given. */
export function containerOptions({ engine, image }: ContainerFlags) {
  return {
    ...(engine === undefined ? {} : { engine }),
    ...(image === undefined ? {} : { image }),
  };
}
