import { parseSize, sizePattern } from "@pibuild/core";
import { boards, tableKinds } from "@pibuild/pi-boot";
import { z } from "zod";
import { durationPattern, parseDuration } from "./durations.ts";
import { mirrorsSchema } from "./mirrors/mirror-schema.ts";
import { networkNames } from "./network.ts";
import { releases } from "./release.ts";
import { valueSchema } from "./setting-row.ts";
import { secretFileKey, secretNames, settingNames, settings } from "./settings.ts";

/*
 * Convention: every schema's `error` is the noun phrase of what it wants, so that the renderer
 * of issues can say "expected <that>, found <this>" for all of them alike.
 */

const text = z.string({ error: "text" });

const sizeWords = { error: "a size such as 512MiB or 2GiB" };
const size = z
  .union(
    [z.string().regex(sizePattern, sizeWords), z.int(sizeWords).nonnegative(sizeWords)],
    sizeWords,
  )
  .refine((value) => parseSize(value) !== undefined, { error: "a whole number of bytes" })
  .transform((value) => parseSize(value) ?? 0);

const durationWords = { error: "a duration of at most 24 days such as 90m, 2h or 5400 (seconds)" };
const duration = z
  .union([z.string().regex(durationPattern, durationWords), z.int(durationWords)], durationWords)
  .refine((value) => parseDuration(value) !== undefined, durationWords)
  .transform((value) => parseDuration(value) ?? 0);

const stagePath = z
  .string({ error: "the path of a stage" })
  .regex(/^[^\0\r\n]+$/, { error: "the path of a stage" });

const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `one of ${words.join(", ")}` });

const disk = z.strictObject(
  {
    layout: oneOf(["standard", "ab6"])
      .default("standard")
      .describe(
        "The partitions of the disk. `standard`: boot and root, as Raspberry Pi OS has. `ab6`: two systems side by side, the data that they share, and what chooses between them.",
      ),
    table: oneOf(tableKinds)
      .optional()
      .describe("Kind of partition table. Default: `mbr`, and `gpt-hybrid` for `ab6`."),
    board: oneOf(boards)
      .optional()
      .describe(
        "The board that starts from the disk, so that the table can be checked. `gpt` needs it.",
      ),
    size: size
      .optional()
      .describe(
        "Size of the whole disk. Default: as small as fits; for `ab6` 4GiB, of which each root filesystem gets half of what the other partitions leave.",
      ),
    boot_size: size
      .optional()
      .describe("Size of the boot partition of `standard`. Default: 512MiB."),
    root_free: size
      .optional()
      .describe(
        "Free space in the root filesystem of `standard`, which is otherwise as small as possible. Default: 200MiB.",
      ),
    root_size: size
      .optional()
      .describe("Size of the root partition of `standard`, instead of `root_free`."),
    populate_both: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("Whether slot B of `ab6` gets the system too. Default: it stays empty."),
    seed: text
      .min(1, { error: "text" })
      .optional()
      .describe("A text from which the disk's ids are made. Default: the image's name."),
  },
  { error: "a map" },
);

const compression = z.strictObject(
  {
    format: z.enum(["xz"], { error: "one of xz" }).default("xz").describe("Kind of compression."),
    level: z
      .int({ error: "a level from 0 to 9" })
      .min(0, { error: "a level from 0 to 9" })
      .max(9, { error: "a level from 0 to 9" })
      .default(6)
      .describe("From 0 (fast) to 9 (small)."),
  },
  { error: "a map" },
);

const inputPath = { error: "the path of a file" };
const sha256Words = { error: "a sha256 of 64 characters 0-9 and a-f" };

/** One file of `inputs:`. */
export const inputSchema = z.strictObject(
  {
    path: text
      .regex(/^[^\0\r\n]+$/, inputPath)
      .describe("The file, relative to the image's directory."),
    sha256: z
      .string(sha256Words)
      .regex(/^[0-9a-f]{64}$/, sha256Words)
      .describe("The sha256 that the file must have, as `sha256sum` prints it."),
  },
  { error: "a map of path and sha256" },
);

/** Scripts find an input through `INPUT_` and its name in capitals. */
export const inputName = /^[a-z][a-z0-9_]*$/;

const payloadWord = z
  .string({ error: "a word of A-Z, a-z, 0-9 and . _ + / -" })
  .regex(/^[A-Za-z0-9._+/-]{1,64}$/, { error: "a word of A-Z, a-z, 0-9 and . _ + / -" });

const payload = z.strictObject(
  {
    compatible: payloadWord.describe(
      "The product that the payload is for. Other devices refuse it.",
    ),
    version: z
      .string({ error: "a version such as 1.2.0 or 1.2.0-rc.1" })
      .regex(/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/, {
        error: "a version such as 1.2.0 or 1.2.0-rc.1",
      })
      .describe("Version of the system. Devices refuse an older one, unless somebody allows it."),
    security_epoch: z
      .int({ error: "a whole number" })
      .min(0, { error: "a whole number" })
      .default(0)
      .describe(
        "A number to raise when older versions must never be installed again. Devices refuse a lower one than theirs.",
      ),
    boards: z
      .array(payloadWord, { error: "a list of boards" })
      .min(1, { error: "at least one board" })
      .max(16, { error: "at most 16 boards" })
      .optional()
      .describe("Boards that the payload is for. Default: the disk's `board`."),
    level: z
      .int({ error: "a level from 1 to 19" })
      .min(1, { error: "a level from 1 to 19" })
      .max(19, { error: "a level from 1 to 19" })
      .default(3)
      .describe("Level of zstd, from 1 (fast) to 19 (small)."),
  },
  { error: "a map" },
);

const settable = settingNames.filter((name) => settings[name].derivedFrom === undefined);
const secretFile = text.min(1, { error: "the path of a file" }).optional();

/** The schema of image.yaml. Unknown keys are errors, so a typo never goes unnoticed. */
export const imageSchema = z.strictObject(
  {
    name: text
      .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: "a name of a-z, 0-9, `.`, `_` and `-`" })
      .optional()
      .describe("Name of the image and its files. Default: the directory's name."),
    description: text.optional().describe("One line for people."),
    release: z
      .enum(releases, { error: `one of ${releases.join(", ")}` })
      .default("bookworm")
      .describe("Debian release."),
    arch: z.enum(["arm64"], { error: "one of arm64" }).default("arm64").describe("Architecture."),
    stages: z
      .array(stagePath, { error: "a list of stages" })
      .min(1, { error: "at least one stage" })
      .describe("Stages in order: directories in pi-gen's format, relative to the workspace."),
    skip: z
      .array(
        text.regex(/^[\w.-]+(?:\/[\w.-]+)?$/, {
          error: "a stage, or a sub-stage as `stage2/02-net-tweaks`",
        }),
        {
          error: "a list of stages and sub-stages",
        },
      )
      .optional()
      .describe(
        "Stages, and sub-stages such as `export-image/01-user-rename`, that this image leaves out, like a file `SKIP` in them.",
      ),
    container_image: text
      .regex(/^[\w][\w./:@-]*$/, { error: "the name of a container image" })
      .optional()
      .describe(
        "If steps run in a container, what it is made from: `pi-gen` (its own image), `debian`, or the name of an image. It does not change the layers.",
      ),
    export: z
      .union([stagePath, z.array(stagePath).min(1)], { error: "a stage, or a list of stages" })
      .transform((value) => [value].flat())
      .optional()
      .describe(
        "The stages that finish the image, in order. Default: `stages/partitions`; then `stages/export`, or pi-gen's own `export-image` for an image with stages of pi-gen; then, for `ab6`, `stages/slots`.",
      ),
    disk: disk.prefault({}).describe("The disk image: its partitions and sizes."),
    settings: z
      .strictObject(
        Object.fromEntries([
          ...settable.map((name) => [name, valueSchema(settings[name]).optional()] as const),
          ...secretNames.map((name) => {
            const what = `A file that holds ${name}, from the image's directory on. Keep it out of the repository.`;
            return [secretFileKey(name), secretFile.describe(what)] as const;
          }),
        ]),
        { error: "a map" },
      )
      .prefault({})
      .describe("pi-gen's settings, by pi-gen's own names."),
    env: z
      .record(
        z.string().regex(/^[A-Z_][A-Z0-9_]*$/),
        z.union([text.regex(/^[^\0]*$/, { error: "text" }), z.number(), z.boolean()], {
          error: "text, a number, true or false",
        }),
        { error: "a map" },
      )
      .prefault({})
      .describe("More variables for the scripts of your own stages."),
    inputs: z
      .record(text.regex(inputName), inputSchema, { error: "a map of files" })
      .prefault({})
      .describe(
        "Files from elsewhere, by name. A script that names `INPUT_<NAME>` gets the path of a read-only copy there, and its step reruns when the content changes.",
      ),
    host_devices: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe(
        "Whether steps find the builder's own `/dev`, for one that needs loop devices or `/dev/kvm`. Else it holds what belongs to no hardware.",
      ),
    network: oneOf(networkNames)
      .default("any")
      .describe(
        "What steps reach: `any`, the builder's network; or `packages`, the build's package proxy and nothing else.",
      ),
    stage_network: z
      .record(text, oneOf(networkNames), { error: "a map of stages" })
      .prefault({})
      .describe("The same for single stages, by name, such as `stage2: any`."),
    mirrors: mirrorsSchema
      .prefault({})
      .describe(
        "Archives of packages by name: `debian`, `debian-security`, `raspberrypi`, `raspbian`, or any other. Their mirrors go before those that pibuild finds itself.",
      ),
    source_date_epoch: z
      .int({ error: "whole seconds since 1970" })
      .min(0, { error: "whole seconds since 1970" })
      .max(253402300799, { error: "whole seconds since 1970, before the year 10000" })
      .default(1767225600)
      .describe("The date of the image's files, in seconds since 1970."),
    compression: compression.prefault({}).describe("How the image file is compressed."),
    payload: payload
      .optional()
      .describe(
        "For a disk with two slots: also makes a field update (`.kn86fw`) from the first slot. Stages get PAYLOAD_COMPATIBLE, PAYLOAD_VERSION and PAYLOAD_SECURITY_EPOCH.",
      ),
    output_dir: text
      .min(1, { error: "the path of a directory" })
      .optional()
      .describe("A directory for a copy of the finished files, relative to the workspace."),
    build_timeout: duration
      .optional()
      .describe("How long a build may take before it is stopped. 0, the default, is no limit."),
  },
  { error: "a map" },
);

/** A valid image.yaml with its defaults filled in. */
export type ImageFile = z.output<typeof imageSchema>;
