import { isPibuildError } from "@pibuild/core";
import { expect, test } from "vitest";
import { bindSource, insidePath } from "../src/container/inside-path.ts";
import { pathVariables } from "../src/container/passed-variables.ts";

test.each([
  ["C:\\Users\\a b\\pi", "C:/Users/a b/pi", "/c/Users/a b/pi"],
  ["d:/images", "D:/images", "/d/images"],
])("on Windows %s is bound as %s at %s", (path, source, target) => {
  expect(bindSource(path, "win32")).toBe(source);
  expect(insidePath(path, "win32")).toBe(target);
});

test.each(["linux", "darwin"] as const)("on %s a path has the same name inside", (platform) => {
  expect(bindSource("/Users/a:b/c", platform)).toBe("/Users/a:b/c");
  expect(insidePath("/Users/a:b/c", platform)).toBe("/Users/a:b/c");
});

test("a share that Docker cannot bind is refused", () => {
  const code = (error: unknown) => isPibuildError(error, "PATH_FOREIGN");
  expect(() => bindSource("\\\\server\\share\\x", "win32")).toThrow(expect.toSatisfy(code));
});

test("variables with paths are given in the container's names, others by name alone", () => {
  const env = {
    PIGEN_DIR: "C:\\pi-gen",
    CLOUD_INIT_USER_DATA: "seed\\user-data",
    FIRST_USER_PASS_FILE: "C:\\secrets\\password",
    TARGET_HOSTNAME: "C:\\kitchen",
  };
  expect(pathVariables(env, "win32")).toEqual({
    PIGEN_DIR: "/c/pi-gen",
    CLOUD_INIT_USER_DATA: "seed/user-data",
    FIRST_USER_PASS_FILE: "/c/secrets/password",
  });
  expect(pathVariables(env, "linux")).toEqual({});
});
