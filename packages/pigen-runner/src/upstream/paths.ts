import { join } from "node:path";
import { mountRoot } from "../run/paths.ts";

/** Where build.sh lies, its BASE_DIR: it refuses a path with a space, and this has none. */
export const piGenDirectory = join(mountRoot, "pi-gen");
/** Its `-c` file. build.sh sources a file `config` in its working directory as well, so not that name. */
export const configFile = join(mountRoot, "upstream.config");
/** An EXPORT_CONFIG_DIR with nothing to run: build.sh then exports no image. */
export const noExportDirectory = join(mountRoot, "no-export");
