import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackageSource } from "@pibuild/tools-stand-in-archive";
import type { ConformanceOptions } from "./options.ts";
import type { Subject } from "./subject.ts";

/** A stand-in archive is served by this machine itself, which a proxy need not reach. */
const ownArchive = 'Acquire::http::Proxy::127.0.0.1 "DIRECT";\n';

/** The text of image.yaml, which both builds read; lends the chroots what apt is told besides. */
export async function imageText(
  { aptProxy, aptConfig }: ConformanceOptions,
  subject: Pick<Subject, "release" | "stages"> & { lent: string; archive: PackageSource },
): Promise<string> {
  const { release, stages, lent, archive } = subject;
  const config = join(lent, "apt.conf");
  const more = aptConfig === undefined ? "" : await readFile(aptConfig, "utf8");
  await writeFile(config, ownArchive + more);
  return JSON.stringify({
    release,
    stages,
    settings: {
      FIRST_USER_PASS: "conformance-4711",
      ...(archive.tempRepo === undefined ? {} : { TEMP_REPO: archive.tempRepo }),
      ...(aptProxy === undefined ? {} : { APT_PROXY: aptProxy }),
    },
    env: { APT_CONFIG: config },
    // What is lent lies below the machine's own /dev.
    host_devices: true,
    compression: { level: 0 },
  });
}
