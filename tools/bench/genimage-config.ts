import type { DiskPlan } from "@pibuild/partitioner";

/** The same disk for genimage: the directories are used where they are, not copied first. */
export function genimageConfig(plan: DiskPlan, directory: string): string {
  const sources: Readonly<Record<string, string>> = {
    common: `${directory}/common`,
    "boot-a": `${directory}/boot`,
    "root-a": `${directory}/root`,
    shared: `${directory}/empty`,
  };
  const images = plan.partitions.flatMap(({ spec, sizeBytes }) => {
    const source = sources[spec.role];
    if (source === undefined) return [];
    const filesystem =
      spec.filesystem === "fat32"
        ? `vfat { extraargs = "-F 32" label = "${spec.label}" }`
        : `ext4 { use-mke2fs = true label = "${spec.label}" }`;
    return `image ${spec.role}.part {\n  ${filesystem}\n  size = ${sizeBytes}\n  srcpath = "${source}"\n}\n`;
  });
  const partitions = plan.partitions.map(({ spec, startBytes, sizeBytes }) =>
    [
      `  partition ${spec.role} {`,
      `    offset = ${startBytes}`,
      `    size = ${sizeBytes}`,
      ...(spec.role in sources ? [`    image = "${spec.role}.part"`] : []),
      // Linux filesystem data.
      "    partition-type-uuid = 0FC63DAF-8483-4772-8E79-3D69D8477DE4",
      "  }",
    ].join("\n"),
  );
  const table = 'hdimage { partition-table-type = "gpt" }';
  return `${images.join("")}image genimage.img {\n  ${table}\n${partitions.join("\n")}\n}\n`;
}
