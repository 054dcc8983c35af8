import { expect, test } from "vitest";
import { loginMounts } from "../src/container/login-mounts.ts";

test("a container reads the logins of this machine's apt, of which those that are there", () => {
  const mounts = loginMounts((path) => path.endsWith(".d"));
  const path = "/etc/apt/auth.conf.d";
  expect(mounts).toEqual([{ type: "bind", source: path, target: path, readonly: true }]);
  expect(loginMounts(() => false)).toEqual([]);
});
