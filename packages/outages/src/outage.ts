import { z } from "zod";

const line = { error: "a line of text" };
const text = z.string(line).min(1, line);
const day = { error: "a day such as 2026-01-31" };
const date = z.iso.date(day);

/** What of a build failed. */
export const components = [
  "mirror",
  "server",
  "registry",
  "git",
  "disk",
  "binfmt",
  "container",
  "time",
] as const;
export type Component = (typeof components)[number];

/** The schema of a file in `outages/`. */
export const outageSchema = z.strictObject(
  {
    id: z
      .string(line)
      .regex(/^\d{4}-\d{2}-\d{2}-[a-z0-9][a-z0-9-]*$/, { error: "the name of the file" })
      .describe("The date and a few words: the name of the file, without `.json`."),
    date: date.describe("The day on which it began."),
    component: z
      .string(line)
      .regex(/^[a-z0-9][a-z0-9-]*$/, { error: `a word such as ${components.join(", ")}` })
      .describe(`What failed: ${components.join(", ")}, or another word.`),
    rootCause: text.describe("Why it failed, as far as that is known."),
    resolution: z.string(line).describe("What helped; empty while nobody knows."),
    references: z.array(text, { error: "a list" }).describe("Addresses, files, or commands."),
    image: text.optional().describe("The image whose build failed."),
    tried: z
      .array(text, { error: "a list" })
      .optional()
      .describe("What was tried, with what came of it."),
    longForm: text.optional().describe("A file beside it that tells more."),
    dateRanges: z
      .array(z.strictObject({ start: date, end: date.optional() }), { error: "a list of ranges" })
      .optional()
      .describe("The days that it lasted, where that was more than one."),
  },
  { error: "a map" },
);

/** An outage: something outside of the build that it failed for. */
export type Outage = z.output<typeof outageSchema>;

/** The schema for editors and other programs, as JSON Schema draft-07. */
export function outageJsonSchema(): unknown {
  return z.toJSONSchema(outageSchema, { target: "draft-7" });
}
