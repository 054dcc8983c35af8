export const payloadType = "application/vnd.kn86.fw.manifest.v2+json";

/** What is signed: DSSE's pre-authentication encoding of the manifest. */
export function preAuthEncoding(manifest: Buffer): Buffer {
  const start = `DSSEv1 ${payloadType.length} ${payloadType} ${manifest.length} `;
  return Buffer.concat([Buffer.from(start), manifest]);
}
