import { z } from "zod";

const addressWords = { error: "an http:// or https:// address without a login" };

/** An address without a slash at its end, so that equal ones are equal strings. */
export const mirrorAddress = z
  .string(addressWords)
  .regex(/^https?:\/\/[^\s"'`$\\|/@]+(?:\/[^\s"'`$\\|]*)?$/, addressWords)
  .transform((value) => value.replace(/\/+$/, ""));

const fields = z.strictObject(
  {
    candidates: z
      .array(mirrorAddress, { error: "a list of addresses" })
      .min(1, { error: "at least one address" })
      .optional()
      .describe("Its mirrors, the most wanted first. One that fails is passed over."),
    addresses: z
      .array(mirrorAddress, { error: "a list of addresses" })
      .default([])
      .describe(
        "What the image's own sources call it, for an archive that is not known otherwise.",
      ),
    direct: z
      .boolean({ error: "true or false" })
      .optional()
      .describe("Whether it is never asked through `APT_PROXY`. Default: only `raspberrypi`."),
    keyring: z
      .string({ error: "the path of a keyring" })
      .min(1, { error: "the path of a keyring" })
      .optional()
      .describe("A keyring that has to have signed its releases, from the image's directory on."),
    snapshot: mirrorAddress
      .optional()
      .describe(
        "A service with snapshots of the archive, laid out as `archive/NAME/TIME/...`: asked for what no mirror has any more. `DEBIAN_SNAPSHOT` in pi-gen-pin.env says the time.",
      ),
  },
  { error: "a map" },
);

const archive = fields.refine(
  ({ candidates, keyring, snapshot }) => candidates ?? keyring ?? snapshot,
  { error: "`candidates`, `keyring` or `snapshot`" },
);

/** `mirrors:` of image.yaml. */
export const mirrorsSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: "a name of a-z, 0-9 and `-`" }),
  archive,
  { error: "a map of archives" },
);
