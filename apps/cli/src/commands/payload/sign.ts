import { readSigner, signPayload } from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { payloadParameter } from "./parameters.ts";

interface SignFlags {
  readonly key: readonly string[];
  readonly output?: string;
}

export const sign = buildCommand<SignFlags, [payload: string], CliContext>({
  docs: {
    brief: "Add signatures to a payload",
    fullDescription: [
      "Examples:",
      "  pibuild payload sign dist/kn86/kn86.kn86fw --key release.pem",
      "  pibuild payload sign kn86.kn86fw --key old.pem --key new.pem    while devices change keys",
      "",
      "Make a key with `openssl genpkey -algorithm ed25519 -out release.pem`, and its public key, for",
      "devices, with `openssl pkey -in release.pem -pubout -out release.pub`.",
    ].join("\n"),
  },
  parameters: {
    positional: payloadParameter,
    flags: {
      key: {
        kind: "parsed",
        parse: String,
        brief: "A private Ed25519 key (PEM); can be given more than once",
        variadic: true,
        placeholder: "file",
      },
      output: {
        kind: "parsed",
        parse: String,
        brief: "Where to write the signed payload; default: the same file",
        optional: true,
        placeholder: "file",
      },
    },
  },
  async func(this: CliContext, { key, output }, payload) {
    const signers = await Promise.all(key.map(readSigner));
    const ids = await signPayload({
      payload,
      signers,
      ...(output === undefined ? {} : { output }),
    });
    for (const id of ids) this.out(id);
    this.message(`signed ${output ?? payload}`);
  },
});
