import type { ConfigIssue } from "@pibuild/core";
import { z } from "zod";
import type { SourceText } from "../source-text.ts";
import { seedIssues } from "./seed-issues.ts";

const text = { error: "text" };
/** Raspberry Pi's own images write it with `_`, which cloud-init's NoCloud takes for unset. */
const schema = z.looseObject({
  "instance-id": z.string(text),
  "local-hostname": z.string(text).optional(),
});

/** What is wrong with a meta-data of cloud-init's NoCloud: its keys are open, but for the first. */
export function checkMetaData(source: SourceText): readonly ConfigIssue[] {
  return seedIssues(source, { schema, keys: {} });
}
