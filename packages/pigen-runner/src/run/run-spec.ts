import type { Login } from "@pibuild/core";
import type { PackageSource } from "@pibuild/mirrors";
import type { Stage } from "@pibuild/pigen-stages";

/** What is run: stages, and what their scripts see. Plain data, wherever it comes from. */
export interface RunSpec {
  /** Of what is made: records, logs and messages have it. */
  readonly name: string;
  /** The directory that scripts see as BASE_DIR. Stages outside of it are mounted beside it. */
  readonly base: string;
  /** In order, as `readStage` gives them. */
  readonly stages: readonly Stage[];
  /** What scripts may read, but for what differs from step to step, such as STAGE_DIR. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables whose values no record may hold. */
  readonly secretNames: readonly string[];
  /** Variables that hold the text of a file: a record has its digest. */
  readonly textNames: readonly string[];
  /** What apt and others ask servers with. No record, layer or variable has them. */
  readonly logins: readonly Login[];
  /** Where apt finds what; undefined: as its own sources say. No record, layer or variable has it. */
  readonly packages?: (PackageSource & { readonly aptOptions: readonly string[] }) | undefined;
  /** Files from elsewhere. */
  readonly inputs: readonly StepInput[];
  readonly release: string;
  /** Debian's name of it, such as `arm64`. */
  readonly arch: string;
  /** Seconds since 1970: no file of a layer is newer. */
  readonly sourceDateEpoch: number;
  /** A directory with the tree that the first stage finds; else that stage makes one. */
  readonly root?: string | undefined;
  /** Whether steps find this machine's own `/dev`, in place of one that belongs to no hardware. */
  readonly hostDevices?: boolean;
  /** Names of the stages whose steps reach the package proxy of the run, and nothing else. */
  readonly packagesOnly?: readonly string[];
  /** A checkout of pi-gen whose functions serve the stages, in place of ours. */
  readonly piGen?: string | undefined;
}

/** A file from elsewhere, which the steps that name its variable see. */
export interface StepInput {
  readonly name: string;
  /** Tells scripts where the file is. */
  readonly variable: string;
  readonly path: string;
  readonly sha256: string;
}
