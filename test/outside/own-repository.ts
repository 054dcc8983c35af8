import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { makesBootFiles } from "@pibuild/test-kit";
import { nativePrerun } from "../../packages/pigen-runner/test/native-tree.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The files that a page shows, each below its path in backquotes. */
export async function filesOfPage(page: string): Promise<Record<string, string>> {
  const text = await readFile(page, "utf8");
  const shown = text.matchAll(/^`([^`\n]+)`\n\n```\w*\n([\s\S]*?)^```$/gm);
  const files = [...shown].map(([, name = "", content = ""]) => [name, content] as const);
  if (files.length === 0) throw new Error(`${basename(page)} shows no file`);
  return Object.fromEntries(files);
}

/**
 * A project's own stages in the place of those that pibuild brings: nothing on top, in
 * which apt-get notes what it was asked for. It needs neither a mirror nor minutes.
 */
export const smallBase: Readonly<Record<string, string>> = {
  "stages/debian-base/prerun.sh": `${nativePrerun}${makesBootFiles}
mkdir -p "\${ROOTFS_DIR}/etc/systemd/system"
for name in apt-get ldconfig systemctl; do
	printf '#!/bin/bash\\necho "\${0##*/} $*" >>/asked\\n' >"\${ROOTFS_DIR}/usr/bin/\${name}"
	chmod +x "\${ROOTFS_DIR}/usr/bin/\${name}"
done
`,
  "stages/debian-lite/prerun.sh": "#!/bin/bash -e\n: nothing on top\n",
  "stages/export/prerun.sh": "#!/bin/bash -e\n: nothing of Debian to finish\n",
};
