import { resolve } from "node:path";
import { generateKey } from "@pibuild/cache";
import { openNew, PibuildError } from "@pibuild/core";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";

export const key = buildCommand<Record<never, never>, [file: string], CliContext>({
  docs: {
    brief: "Make a key for signing records, and print the line for `trust:`",
    fullDescription:
      "The private key goes into a new file that only you can read. Use it for `sign:`, or as PIBUILD_CACHE_SIGN_KEY. The public key goes to standard output.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "The file to make; it must not exist yet", parse: String, placeholder: "file" },
      ],
    },
  },
  async func(this: CliContext, _flags, file) {
    const { pem, publicText } = generateKey();
    try {
      await using target = await openNew(resolve(this.cwd, file));
      await target.writeFile(pem);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const message = `the key cannot be written to \`${file}\`: ${code === "EEXIST" ? "it is there already" : code}`;
      throw new PibuildError("USAGE", { message });
    }
    this.out(publicText);
  },
});
