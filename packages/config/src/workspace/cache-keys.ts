import { isScopeName, scopeNameWords } from "@pibuild/core";
import { z } from "zod";
import { parseDuration } from "../durations.ts";

/*
 * The convention of schema.ts holds: an `error` is the noun phrase of what is wanted.
 */

/** One key of `cache:` in pibuild.yaml: its check, its variable and its words derive from it. */
export interface CacheKeyRow {
  readonly schema: z.ZodType;
  /** The value that a variable's text stands for. */
  readonly fromText: (text: string) => unknown;
  /** For the reference page. */
  readonly expected: string;
}

const path = z.string({ error: "a path" }).min(1, { error: "a path" });
const address = { error: "the address of a repository, such as registry.example/group/cache" };
const scope = z.string({ error: scopeNameWords }).refine(isScopeName, { error: scopeNameWords });
const keyWords = { error: "a public key, as `pibuild cache key FILE` prints it (ed25519:...)" };
const publicKey = z.string(keyWords).regex(/^ed25519:[A-Za-z0-9+/]{43}=$/, keyWords);
const flag = z.boolean({ error: "true or false" });
const durationWords = { error: "a duration such as 30s or 2m" };

const text = (value: string) => value;
const yesOrNo = (value: string) =>
  ({ 1: true, true: true, 0: false, false: false })[value as "1"] ?? value;

const rows = {
  registry: {
    schema: z
      .string(address)
      .min(1, address)
      .optional()
      .describe(
        "A repository in a registry of OCI artifacts: `registry.example/group/cache`. Each scope is a repository below it.",
      ),
    fromText: text,
    expected: "the address of a repository",
  },
  directory: {
    schema: path
      .optional()
      .describe(
        "A directory in place of a registry, from the workspace on: on NFS, or one that a CI service keeps.",
      ),
    fromText: text,
    expected: "a path",
  },
  read: {
    schema: flag.default(true).describe("Whether layers and results are taken from the cache."),
    fromText: yesOrNo,
    expected: "true or false; 1 or 0",
  },
  write: {
    schema: flag
      .default(false)
      .describe("Whether what is made here is sent to the cache, if it may leave this machine."),
    fromText: yesOrNo,
    expected: "true or false; 1 or 0",
  },
  scope: {
    schema: scope
      .optional()
      .describe(
        "The scope that this build writes to, and reads first: `pr-12`. Default: the protected one.",
      ),
    fromText: text,
    expected: "a name",
  },
  protected: {
    schema: scope
      .default("main")
      .describe("The scope that every build reads. Builds in it read no other."),
    fromText: text,
    expected: "a name",
  },
  sign: {
    schema: path
      .optional()
      .describe("The file of the private key that records are signed with, from the workspace on."),
    fromText: text,
    expected: "a path",
  },
  trust: {
    schema: z
      .array(
        z.union(
          [
            publicKey,
            z.strictObject({
              key: publicKey,
              scopes: z
                .array(scope, { error: "a list of scopes" })
                .min(1, { error: "at least one scope" })
                .describe("The scopes that it may speak for. Default: all."),
            }),
          ],
          keyWords,
        ),
        { error: "a list of public keys" },
      )
      .default([])
      .describe(
        "The keys whose records are believed. With at least one, a record without a valid signature is as good as none. More than one lets keys change.",
      ),
    fromText: (value: string) => value.split(/[\s,]+/).filter(Boolean),
    expected: "public keys with blanks between",
  },
  timeout: {
    schema: z
      .union([z.string(durationWords), z.int(durationWords)], durationWords)
      .refine((value) => (parseDuration(value) ?? 0) > 0, durationWords)
      .transform((value) => parseDuration(value) ?? 0)
      .default(30_000)
      .describe(
        "How long the cache may say nothing before the build goes on without it. What fails at once is tried again for a third of that.",
      ),
    fromText: text,
    expected: "a duration",
  },
} as const satisfies Record<string, CacheKeyRow>;

export type CacheKey = keyof typeof rows;

/** Every key of `cache:`. */
export const cacheKeys = rows;

/** The variable that takes the place of a key. */
export function cacheVariable(key: string): string {
  return `PIBUILD_CACHE_${key.toUpperCase()}`;
}

/** What is a secret, and so stands in no file of the workspace. */
export const cacheSecrets = {
  PIBUILD_CACHE_SIGN_KEY: "The private key itself, in place of the file that `sign` names.",
  PIBUILD_CACHE_TOKEN:
    "The token or password for the registry, in place of Docker's login. In GitHub's Actions, GITHUB_TOKEN does for GitHub's own registry.",
  PIBUILD_CACHE_USER: "The user whose token that is; most registries do not care.",
} as const;

/** The schema of pibuild.yaml. */
export const workspaceSchema = z.strictObject(
  {
    cache: z
      .strictObject(
        {
          registry: rows.registry.schema,
          directory: rows.directory.schema,
          read: rows.read.schema,
          write: rows.write.schema,
          scope: rows.scope.schema,
          protected: rows.protected.schema,
          sign: rows.sign.schema,
          trust: rows.trust.schema,
          timeout: rows.timeout.schema,
        },
        { error: "a map" },
      )
      .optional()
      .describe("The remote cache. Without a registry or a directory there is none."),
  },
  { error: "a map" },
);
