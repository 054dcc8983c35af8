import { renderError } from "@pibuild/core";
import { expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import type { SettingRow } from "../src/setting-row.ts";
import { settingNames, settings } from "../src/settings.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const login = "builder:s3cr3t";
const address = `https://${login}@repo.example.org/debian`;

async function load(yaml: string, env: Record<string, string> = {}) {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", `stages: [stages/debian-base]\n${yaml}\n`);
  return await loadImage(workspace.path, "pi", { env });
}

test("every setting that takes an address has it without the login", async () => {
  const written = settingNames.filter((name) => (settings[name] as SettingRow).address);
  // Whatever takes an address by its form is among them.
  for (const name of settingNames.filter(
    (one) => (settings[one] as SettingRow).kind === "string",
  )) {
    const pattern = (settings[name] as SettingRow).validate?.pattern;
    const takesAddresses = pattern?.test(address) === true && pattern.test("letters") === false;
    if (takesAddresses) expect(written).toContain(name);
  }
  const yaml = `settings:\n${written.map((name) => `  ${name}: ${address}\n`).join("")}`;
  const { settings: values, logins } = await load(yaml);
  for (const name of written) expect(values[name]).toBe("https://repo.example.org/debian");
  const machine = "https://repo.example.org/debian";
  expect(logins).toEqual(written.map(() => ({ machine, user: "builder", password: "s3cr3t" })));
});

test("the login of an address that the environment replaces is not used", async () => {
  const yaml = `settings: { APT_MIRROR: "${address}" }`;
  const { settings: values, logins } = await load(yaml, { APT_MIRROR: "http://m.example.org/x" });
  expect(values.APT_MIRROR).toBe("http://m.example.org/x");
  expect(logins).toEqual([]);
});

test.each([
  ["in the file", `settings: { APT_MIRROR: "${address} x" }`, {}],
  ["beside another mistake", `settings: { APT_MIRROR: "${address}", ARMHF: 3 }`, {}],
  ["in the environment", "", { APT_MIRROR: `${address} x` }],
])("an error does not show the login of an address: %s", async (_name, yaml, env) => {
  const error = await failure(load(yaml, env));
  expect(renderError(error)).toContain("https://***@repo.example.org/debian");
  expect(renderError(error) + (error as Error).message).not.toContain(login);
});
