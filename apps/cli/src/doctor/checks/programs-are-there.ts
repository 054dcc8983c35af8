import { missingPrograms, programs, programsFor } from "@pibuild/core";
import type { Check } from "../check.ts";
import { installCommand, installPackages } from "../install-packages.ts";

/** The programs that pibuild starts. */
export const programsAreThere: Check = {
  name: "programs",
  asks: "Whether the [programs](programs.md) that pibuild starts are installed",
  warns: "",
  fails: "some are missing",
  mended: "installs their Debian packages with apt-get",
  mends: true,
  on: "linux",
  async examine({ exec, purposes, message }) {
    const wanted = [...new Set(purposes.flatMap((purpose) => programsFor(purpose)))];
    const missing = missingPrograms(wanted);
    if (missing.length === 0) return { status: "ok", detail: `all ${wanted.length} are there` };
    const packages = [...new Set(missing.map((name) => programs[name].debianPackage))].sort();
    return {
      status: "fail",
      detail: `missing: ${missing.join(", ")}`,
      fix: installCommand(packages),
      mend: () => installPackages(exec, packages, message),
    };
  },
};
