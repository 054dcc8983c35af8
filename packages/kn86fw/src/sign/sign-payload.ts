import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openNew, type Sha256 } from "@pibuild/core";
import { signatureBytes, signatureLimit } from "../format/limits.ts";
import { preAuthEncoding } from "../format/manifest.ts";
import { keyId } from "../keys/ed25519.ts";
import type { Signer } from "../keys/signer.ts";
import { openPayload, type Payload } from "../read/open-payload.ts";
import { formatHead } from "../read/read-head.ts";
import { openSource } from "../read/source.ts";
import { unusable } from "../refuse.ts";
import { writeAll } from "../write-all.ts";

export interface SignOptions {
  readonly payload: string;
  /** Where to write the signed payload; default: the same file. */
  readonly output?: string;
  readonly signers: readonly Signer[];
}

const pieceBytes = 4 * 1024 ** 2;

/**
 * Adds signatures, and keeps those of other keys. Needs neither images nor builder. Returns the ids
 * of all keys that signed. `output` is there whole or not at all.
 */
export async function signPayload(options: SignOptions): Promise<Sha256[]> {
  const { payload: path, output = path, signers } = options;
  await using file = await openSource({ path });
  const payload = await openPayload(file, { trust: "anyone" });
  const signatures = new Map(payload.head.signatures.map(({ keyId, bytes }) => [keyId, bytes]));
  const signed = preAuthEncoding(payload.head.manifest);
  for (const signer of signers) {
    const bytes = await signer.sign(signed);
    if (bytes.length !== signatureBytes) {
      unusable(`a signature has ${bytes.length} bytes`, "sign with Ed25519, without prehashing");
    }
    signatures.set(keyId(signer.publicKey), bytes);
  }
  if (signatures.size > signatureLimit) {
    unusable(
      `payload \`${payload.source.name}\` would have ${signatures.size} signatures`,
      `build it again: it can have ${signatureLimit}`,
    );
  }
  const head = formatHead({
    ...payload.head,
    signatures: [...signatures].map(([keyId, bytes]) => ({ keyId, bytes })),
  });
  await writeWithHead(payload, head, { output, mode: (await stat(path)).mode & 0o777 });
  return [...signatures.keys()].sort() as Sha256[];
}

async function writeWithHead(
  payload: Payload,
  head: Buffer,
  { output, mode }: { readonly output: string; readonly mode: number },
): Promise<void> {
  const work = await mkdtemp(join(dirname(output), `.${basename(output)}.`));
  try {
    const made = join(work, "payload");
    await using file = await openNew(made);
    await writeAll(file, head, 0);
    const { source } = payload;
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    let to = head.length;
    for (let from = payload.head.size; from < source.size; from += pieceBytes) {
      const bytes = await source.read(from, Math.min(pieceBytes, source.size - from), buffer);
      await writeAll(file, bytes, to);
      to += bytes.length;
    }
    await file.chmod(mode);
    await rename(made, output);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
