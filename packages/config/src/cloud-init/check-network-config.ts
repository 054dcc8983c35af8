import type { ConfigIssue } from "@pibuild/core";
import { z } from "zod";
import type { SourceText } from "../source-text.ts";
import { seedIssues } from "./seed-issues.ts";

const anything = z.unknown().optional();
const devices = z.record(z.string(), anything, { error: "a map of devices by name" }).optional();
const kinds =
  "bonds bridges dummy-devices ethernets modems nm-devices tunnels virtual-ethernets vlans vrfs wifis";
/** Version 2 is netplan's; of version 1 only the number is looked at. */
const second = z.strictObject({
  version: z.literal(2),
  renderer: z
    .enum(["networkd", "NetworkManager"], { error: "networkd or NetworkManager" })
    .optional(),
  openvswitch: anything,
  ...Object.fromEntries(kinds.split(" ").map((kind) => [kind, devices])),
});
const first = z.looseObject({ version: z.literal(1) });
const config = z.discriminatedUnion("version", [first, second], {
  error: "1 or 2",
});
const keys = Object.keys(second.shape);

/** What is wrong with a network-config; all of it may stand below one key `network`. */
export function checkNetworkConfig(source: SourceText): readonly ConfigIssue[] {
  const wrapped = /^network[ \t]*:/m.test(source.text);
  const schema = wrapped ? z.strictObject({ network: config }) : config;
  return seedIssues(source, { schema, keys: { "": keys, network: keys } });
}
