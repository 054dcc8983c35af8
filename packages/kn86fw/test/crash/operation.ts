/** Roles in the order of the disk: partition 1 and so on. */
export const roles = ["common", "boot-a", "boot-b", "root-a", "root-b", "shared"] as const;
export type Role = (typeof roles)[number];

/**
 * What a program did to a device's partitions, and to the files on `shared`, in the order in which it
 * did it. Names of files are relative to that filesystem; the empty one is its root.
 */
export type Operation = DeviceOperation | FileOperation | RebootOperation;

export type DeviceOperation =
  | { readonly op: "write"; readonly device: Role; readonly offset: number; readonly data: Buffer }
  | { readonly op: "flush"; readonly device: Role };

export type FileOperation =
  | { readonly op: "create" | "remove" | "make-directory"; readonly file: string }
  | { readonly op: "write-file"; readonly file: string; readonly data: Buffer }
  | { readonly op: "rename"; readonly file: string; readonly to: string }
  | { readonly op: "flush-file"; readonly file: string };

export interface RebootOperation {
  readonly op: "reboot";
  readonly argument: string;
}

export type Partitions = Readonly<Record<Role, Buffer>>;
/** Files by name, without directories. */
export type Files = ReadonlyMap<string, Buffer>;
