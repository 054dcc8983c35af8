import type { Image } from "@pibuild/config";
import { didYouMean, PibuildError } from "@pibuild/core";

/**
 * Names of the stages whose steps reach only packages. Throws CONFIG_INVALID where image.yaml names a stage that
 * the image does not have.
 */
export function packagesOnly(
  { name: image, network }: Pick<Image, "name" | "network">,
  stages: readonly { readonly name: string }[],
): string[] {
  const known = stages.map(({ name }) => name);
  const issues = network.stages.flatMap(({ stage, at }) => {
    if (known.includes(stage)) return [];
    const near = didYouMean(stage, known);
    const hint =
      near === undefined ? `\`${image}\` has ${known.join(", ")}` : `did you mean \`${near}\`?`;
    return [{ ...at, message: `no stage of the image is called \`${stage}\``, hint }];
  });
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  const said = new Map(network.stages.map((each) => [each.stage, each.network]));
  return known.filter((stage) => (said.get(stage) ?? network.default) === "packages");
}
