import type { Layout } from "../layout/layout.ts";
import { planDisk } from "../layout/plan.ts";
import type { PlanOptions } from "../layout/sizes.ts";
import { contentSizes, emptyContents } from "./partition-content.ts";
import { checkContentsFit } from "./write-partition.ts";

/**
 * What is known of sizes before there is any content. Throws LAYOUT_INVALID where a disk of these
 * could not be made of empty directories either.
 */
export function checkSizes<Role extends string>(
  layout: Layout<Role>,
  sizes: Pick<PlanOptions<Role>, "sizes" | "diskBytes">,
): void {
  const contents = emptyContents(layout);
  const plan = planDisk(layout, { ...sizes, contentBytes: contentSizes(contents) });
  checkContentsFit(plan, contents);
}
