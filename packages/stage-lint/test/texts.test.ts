import { describe, expect, test } from "vitest";
import { lintStage, plain } from "./lint-rig.ts";

describe("Windows line ends are found once, where the first is", () => {
  test.for([
    ["prerun.sh", "#!/bin/bash -e\r\ntrue\r\n", "1:15"],
    ["00-a/00-run.sh", "#!/bin/bash -e\ntrue\r\n", "2:5"],
    ["00-a/00-run-chroot.sh", "true\r", "1:5"],
    ["00-a/00-debconf", "locales locales/x select\r\n", "1:25"],
    ["00-a/00-packages", "vim\r\n", "1:4"],
    ["00-a/00-patches/series", "a.diff\r\n", "1:7"],
    ["00-a/files/firstboot.sh", "true\r\n", "1:5"],
    ["00-a/files/hook", "#!/bin/sh\r\n", "1:10"],
  ] as const)("%s", async ([path, text, place]) => {
    expect(await lintStage({ [path]: text })).toEqual([`${path}:${place} WINDOWS_LINE_ENDS`]);
  });

  test.for([
    ["00-a/00-run.sh", "#!/bin/bash -e\nprintf 'a\rb'\n"],
    ["00-a/00-packages", "vim\r\nnano\r\n"],
    ["00-a/00-debconf", "locales locales/x select\n"],
    ["00-a/files/windows.reg", "[HKEY]\r\n"],
  ] as const)("%s is fine", async ([path, text]) => {
    expect(await lintStage({ [path]: text })).toEqual([]);
  });
});

describe("an executable script without an interpreter", () => {
  test.for(["prerun.sh", "00-a/00-run.sh"])("%s is found", async (path) => {
    expect(await lintStage({ [path]: "copy_previous\n" })).toEqual([`${path}:1:1 NO_SHEBANG`]);
  });

  test("a byte order mark hides the interpreter", async () => {
    expect(await lintStage({ "00-a/00-run.sh": `\uFEFF${plain}` })).toEqual([
      "00-a/00-run.sh:1:1 NO_SHEBANG",
    ]);
  });

  test("what is fed to bash needs none, and a program is none to read", async () => {
    const program = { text: "\u007fELF\0", mode: 0o755 };
    expect(
      await lintStage({ "00-a/00-run-chroot.sh": "true\n", "00-a/00-run.sh": program }),
    ).toEqual([]);
  });
});

describe("a comment in a packages file of one line", () => {
  test.for([
    ["00-packages", "vim # an editor\n", "1:5"],
    ["00-packages-nr", "vim#an editor", "1:4"],
    ["00-packages", "# nothing\n", "1:1"],
  ] as const)("%s with %j is found", async ([name, text, place]) => {
    expect(await lintStage({ [`00-a/${name}`]: text })).toEqual([
      `00-a/${name}:${place} PACKAGES_ONE_LINE`,
    ]);
  });

  test.for(["vim # an editor\nnano\n", "# an editor\nvim\n", "vim nano\n", ""])(
    "%j is fine",
    async (text) => {
      expect(await lintStage({ "00-a/00-packages": text })).toEqual([]);
    },
  );
});

describe("a script that goes on after a command that fails", () => {
  test.for([
    "#!/bin/bash\ntrue\n",
    "#!/bin/bash -x\ntrue\n",
    "#!/usr/bin/env bash\nset -u\ntrue\n",
    "#!/bin/bash\necho set -e\n",
  ])("%j is found", async (text) => {
    expect(await lintStage({ "00-a/00-run.sh": text })).toEqual(["00-a/00-run.sh:1:1 ERRORS_PASS"]);
  });

  test.for([
    "#!/bin/bash -e\ntrue\n",
    "#!/bin/bash -xe\ntrue\n",
    "#!/bin/sh -e\ntrue\n",
    "#!/bin/bash\nset -euo pipefail\ntrue\n",
    "#!/bin/bash\n\tset -u -o errexit\ntrue\n",
    "#!/bin/bash\n# nothing yet\n",
    "#!/usr/bin/python3\n",
  ])("%j is fine", async (text) => {
    expect(await lintStage({ "00-a/00-run.sh": text })).toEqual([]);
  });

  test("what is fed to bash with -e stops anyway", async () => {
    expect(await lintStage({ "00-a/00-run-chroot.sh": "#!/bin/bash\ntrue\n" })).toEqual([]);
  });
});

describe("a dollar too many", () => {
  test("is found before a name, on the host and in the image", async () => {
    const files = {
      "00-a/00-run.sh": '#!/bin/bash -e\nrm -f "$$ROOTFS_DIR/etc/x"\n',
      "00-a/00-run-chroot.sh": "echo $${HOME}\n",
    };
    expect(await lintStage(files)).toEqual([
      "00-a/00-run-chroot.sh:1:6 DOUBLED_DOLLAR",
      "00-a/00-run.sh:2:8 DOUBLED_DOLLAR",
    ]);
  });

  test.for(["x=/tmp/x.$$", "echo $$ $A", "cat << EOF\n$$A\nEOF"])("%s is fine", async (text) => {
    expect(await lintStage({ "00-a/00-run-chroot.sh": `${text}\n` })).toEqual([]);
  });
});

describe("patches", () => {
  test("of a sub-stage are applied once", async () => {
    const files = {
      "00-a/00-patches/series": "a\n",
      "00-a/03-patches/series": "b\n",
      "00-a/07-patches/series": "c\n",
      "01-b/01-patches/series": "d\n",
    };
    expect(await lintStage(files)).toEqual([
      "00-a/03-patches PATCHES_NEVER_APPLIED",
      "00-a/07-patches PATCHES_NEVER_APPLIED",
    ]);
  });

  test("without a series are found", async () => {
    expect(await lintStage({ "00-a/00-patches/a.diff": "" })).toEqual([
      "00-a/00-patches PATCHES_WITHOUT_SERIES",
    ]);
  });

  test.for(["series", "EDIT"])("with %s are fine", async (name) => {
    const files = { "00-a/00-patches/a.diff": "", [`00-a/00-patches/${name}`]: "" };
    expect(await lintStage(files)).toEqual([]);
  });

  test("elsewhere are none of pi-gen's", async () => {
    expect(await lintStage({ "00-a/files/00-patches/a.diff": "" })).toEqual([]);
  });
});
