import { parseFunctions, visibleSettings } from "@pibuild/pigen-stages";
import { describe, expect, test } from "vitest";
import { readScripts } from "../src/scripts.ts";

const all = { TARGET_HOSTNAME: "tick", IMG_DATE: "2026-01-01", GIT_HASH: "abc", ARCH: "arm64" };
const functions = parseFunctions(Object.values(readScripts()).join("\n"));

function seenBy(...texts: string[]): string[] {
  return Object.keys(visibleSettings(texts, all, functions)).sort();
}

describe("the settings that a step can see", () => {
  test.for([
    ["one that it names", 'echo "$TARGET_HOSTNAME"', ["TARGET_HOSTNAME"]],
    ["one in braces", `echo \${TARGET_HOSTNAME:-x}`, ["TARGET_HOSTNAME"]],
    ["none that only looks alike", "echo $MY_TARGET_HOSTNAME $TARGET_HOSTNAME2", []],
    ["those of a function that it calls", "update_issue lite", ["GIT_HASH", "IMG_DATE"]],
    ["those of a function that its functions call", "on_chroot <x", ["ARCH"]],
    ["none of a function that only looks alike", "my_update_issue lite", []],
  ] as const)("%s", ([, text, expected]) => {
    expect(seenBy(text)).toEqual(expected);
  });

  test("what programs read by themselves, whatever it names", () => {
    const settings = { ...all, APT_CONFIG: "/etc/apt/mine", TZ: "UTC", MY_TZ: "x" };
    expect(Object.keys(visibleSettings(["echo"], settings, functions))).toEqual([
      "APT_CONFIG",
      "TZ",
    ]);
  });

  test("those that any of its files names", () => {
    expect(seenBy("echo", "hello $GIT_HASH")).toEqual(["GIT_HASH"]);
  });

  test("a comment that names one counts: it costs a run, and a miss would cost the truth", () => {
    expect(seenBy("# TARGET_HOSTNAME")).toEqual(["TARGET_HOSTNAME"]);
  });

  test.for([
    "env | sort",
    "env >file",
    "printenv",
    "envsubst <template",
    "export -p",
    "declare -px",
    "typeset -p",
    "set",
    "set | grep ^T",
    "x=$(set)",
    "compgen -e",
    `name=TARGET; echo "\${!name}"`,
    "tr '\\0' '\\n' </proc/self/environ",
    "python3 -c 'import os; print(os.environ)'",
    "awk 'BEGIN { print ENVIRON[ARGV[1]] }' NAME",
    "local -n ref=$name",
    "declare -rn ref=$name",
    `for name in "\${!TARGET_@}"; do :; done`,
    `for name in \${!T*}; do :; done`,
    'eval "echo \\$$name"',
    `text='\${'$name'}'; echo "\${text@P}"`,
    "source <(make-script)",
    ". <(make-script)",
    "cat /proc/$$/environ",
    "python3 -c 'import os; [print(n) for n in os.environ]'",
    "python3 -c 'import os; print(os.getenv(name))'",
    `python3 -c 'import os; print(os.getenv("TARGET_" + rest))'`,
    "perl -e 'print %ENV'",
    "perl -e 'print $ENV{$name}'",
    "node -e 'console.log(process.env[name])'",
    "busybox env",
    "sudo -E env >file",
  ])("all of them, where it enumerates: %s", (text) => {
    expect(seenBy(text)).toEqual(Object.keys(all).sort());
  });

  test.for([
    "#!/usr/bin/env bash",
    "# the env of the Pi",
    "set -e",
    "set -o pipefail",
    "environment=1",
    "cat /etc/cloudflared/tunnel.env",
    "install my-env /usr/bin/env-of",
    `NAME=1 awk 'BEGIN { print ENVIRON["NAME"] }'`,
    "reset",
    `perl -e 'print $ENV{NAME}, $ENV{"NAME"}'`,
    `python3 -c 'import os; print(os.getenv("NAME"), os.getenv("NAME", "x"))'`,
    "local name=$1",
    'f() { local -n found="$1"; }; f words',
    "declare -a names",
    "diff <(one) <(other)",
    "echo $N",
  ])("none of them, where it only seems to: %s", (text) => {
    expect(seenBy(text)).toEqual([]);
  });
});

describe("a setting whose name a step puts together of pieces", () => {
  test.for([
    'bash -c "echo \\$TARGET_$rest"',
    `bash -c "echo \\$TARGET_\${rest}"`,
    `printf -v name 'TARGET_%s' "$rest"`,
    'name="TARGET_"$rest',
    "echo $TARGET_{HOSTNAME,OTHER}",
    `python3 -c 'print(f"TARGET_{rest}", "TARGET_" + rest)'`,
    `perl -e 'print "TARGET_" . $rest'`,
    `bash -c "echo \\$\${first}_HOSTNAME"`,
    'name="$first"_HOSTNAME',
  ])("counts, and no other: %s", (text) => {
    expect(seenBy(text)).toEqual(["TARGET_HOSTNAME"]);
  });

  test.for(["echo TARGET_HOST$rest", "echo TARGET_", 'echo "$TARGET"', `echo \${MY}_HOST`])(
    "does not, where no piece of it says so: %s",
    (text) => {
      expect(seenBy(text)).toEqual([]);
    },
  );
});

describe("the functions of a shell file", () => {
  test("all that pi-gen exports to scripts are found, with what they name", () => {
    expect([...functions.keys()]).toEqual(
      expect.arrayContaining([
        "log",
        "bootstrap",
        "copy_previous",
        "unmount",
        "unmount_image",
        "on_chroot",
        "update_issue",
        "ensure_next_loopdev",
        "ensure_loopdev_partitions",
      ]),
    );
  });

  test("a body ends at the closing brace in the first column", () => {
    const found = parseFunctions("a () {\n\tif x; then\n\t\t{ y; }\n\tfi\n}\nB\nb(){\n\tz\n}\n");
    expect(found).toEqual(
      new Map([
        ["a", "\tif x; then\n\t\t{ y; }\n\tfi\n"],
        ["b", "\tz\n"],
      ]),
    );
  });
});
