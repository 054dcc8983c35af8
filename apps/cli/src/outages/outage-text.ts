import type { Outage } from "@pibuild/outages";

/** An outage for people, line by line. */
export function outageText(outage: Outage): string[] {
  const { id, date, component, image, rootCause, resolution, tried = [], references } = outage;
  const list = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [head, ...lines.map((line) => `  - ${line}`)];
  return [
    id,
    `date:       ${date}`,
    `component:  ${component}`,
    ...(image === undefined ? [] : [`image:      ${image}`]),
    `cause:      ${rootCause}`,
    `resolution: ${resolution === "" ? "none yet" : resolution}`,
    ...list("tried:", tried),
    ...list("references:", references),
  ];
}
