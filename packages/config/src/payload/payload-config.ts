import type { PayloadConfig } from "../image.ts";
import type { ImageFile } from "../schema.ts";

/** A `payload:` of image.yaml with its defaults; the board is the disk's. */
export function payloadConfig(
  payload: NonNullable<ImageFile["payload"]>,
  board: string | undefined,
): PayloadConfig {
  const { compatible, version, security_epoch: securityEpoch, level } = payload;
  const boards = payload.boards ?? (board === undefined ? [] : [board]);
  return { compatible, version, securityEpoch, boards, level };
}

/** What stages are told of it, for the files by which a device knows what it runs. */
export function payloadVariables(payload: PayloadConfig | undefined): Record<string, string> {
  if (payload === undefined) return {};
  return {
    PAYLOAD_COMPATIBLE: payload.compatible,
    PAYLOAD_VERSION: payload.version,
    PAYLOAD_SECURITY_EPOCH: String(payload.securityEpoch),
  };
}
