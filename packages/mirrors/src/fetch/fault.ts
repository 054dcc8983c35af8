/** What a mirror did wrong. */
export type FaultKind =
  | "refused"
  | "unknown-host"
  | "no-route"
  | "reset"
  | "tls"
  | "no-answer"
  | "status"
  | "redirects"
  | "short"
  | "size"
  | "stalled"
  | "slow"
  | "content"
  | "no-release"
  | "signature"
  | "expired"
  | "old"
  | "half-synced"
  | "bad-answer";

/** A fault of one mirror with one file. */
export interface Fault {
  readonly kind: FaultKind;
  /** Says more, such as the status of the answer. */
  readonly detail?: string;
}

const words: Readonly<Record<FaultKind, string>> = {
  refused: "refuses connections",
  "unknown-host": "has no address",
  "no-route": "cannot be reached",
  reset: "breaks the connection off",
  tls: "has no valid certificate",
  "no-answer": "does not answer",
  status: "answers",
  redirects: "redirects without end",
  short: "sends a part of the file",
  size: "has a file of another size",
  stalled: "stops sending",
  slow: "sends too slowly",
  content: "has a file of other content",
  "no-release": "has no release file there",
  signature: "has a release that the archive's keys did not sign",
  expired: "has a release that is no longer valid",
  old: "is behind the other mirrors",
  "half-synced": "has not all that its release names",
  "bad-answer": "answers what is no HTTP",
};

/** A fault in words, as the end of a sentence that begins with the mirror. */
export function describeFault({ kind, detail }: Fault): string {
  if (kind === "status") return `${words.status} ${detail}`;
  return detail === undefined ? words[kind] : `${words[kind]} (${detail})`;
}

/** Faults that may be gone in a moment. */
const passing: ReadonlySet<FaultKind> = new Set([
  ...(["refused", "unknown-host", "no-route", "reset", "no-answer"] as const),
  ...(["short", "stalled", "slow", "bad-answer"] as const),
]);

/** Whether it is worth asking the same mirror for the same file again. */
export function mayPass({ kind, detail }: Fault): boolean {
  return passing.has(kind) || (kind === "status" && /^(?:408|429|5\d\d)/.test(detail ?? ""));
}

/** Thrown where a mirror is at fault. */
export class MirrorFault extends Error {
  override readonly name = "MirrorFault";
  readonly fault: Fault;

  constructor(kind: FaultKind, detail?: string, options?: ErrorOptions) {
    const fault = { kind, ...(detail === undefined ? {} : { detail }) };
    super(describeFault(fault), options);
    this.fault = fault;
  }
}

const kinds: Readonly<Record<string, FaultKind>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "unknown-host",
  EAI_AGAIN: "unknown-host",
  EHOSTUNREACH: "no-route",
  ENETUNREACH: "no-route",
  EADDRNOTAVAIL: "no-route",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "no-answer",
  ERR_PROXY_TUNNEL: "no-route",
};

/** The fault behind an error of a connection; undefined where it is none of a mirror's. */
export function faultOf(error: unknown): MirrorFault | undefined {
  if (error instanceof MirrorFault) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const kind = kinds[code];
  if (kind !== undefined) return new MirrorFault(kind, undefined, { cause: error });
  if (code.startsWith("HPE_")) return new MirrorFault("bad-answer", code, { cause: error });
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/.test(code))
    return new MirrorFault("tls", message, { cause: error });
  return undefined;
}
