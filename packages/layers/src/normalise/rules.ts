/**
 * What is taken out of every layer, and why. A pattern is a path inside the image: `*` is any
 * text within one name, `**` any number of names. `remove` deletes what the step added;
 * `empty` keeps the file, its owner and mode, without content.
 */
export interface NormaliseRule {
  readonly pattern: string;
  readonly action: "remove" | "empty";
  /** A content that stays: it says nothing of the build. */
  readonly except?: string;
  readonly why: string;
}

export const normaliseRules: readonly NormaliseRule[] = [
  {
    pattern: "/var/log/journal/**",
    action: "remove",
    why: "journals of the build, named by machine id",
  },
  { pattern: "/var/log/**", action: "empty", why: "logs tell times of the build" },
  {
    pattern: "/var/cache/apt/*.bin",
    action: "remove",
    why: "apt's cache holds addresses and times; it is rebuilt on use",
  },
  {
    pattern: "/var/cache/apt/archives/**",
    action: "remove",
    why: "packages belong to the package cache",
  },
  {
    pattern: "/var/cache/ldconfig/aux-cache",
    action: "remove",
    why: "holds inode numbers and times",
  },
  {
    pattern: "/var/cache/man/**",
    action: "remove",
    why: "man-db's index depends on time; it is rebuilt on use",
  },
  {
    pattern: "/var/cache/debconf/*-old",
    action: "remove",
    why: "debconf's backup of its last state",
  },
  { pattern: "/var/lib/dpkg/*-old", action: "remove", why: "dpkg's backup of its last state" },
  {
    pattern: "/var/lib/dbus/machine-id",
    action: "remove",
    why: "identifies one machine, not an image",
  },
  {
    pattern: "/etc/machine-id",
    action: "empty",
    // With it systemd takes the next boot for the first one, machine-id(5).
    except: "uninitialized\n",
    why: "identifies one machine, not an image",
  },
  { pattern: "/etc/passwd-", action: "remove", why: "backup of the last edit" },
  { pattern: "/etc/group-", action: "remove", why: "backup of the last edit" },
  { pattern: "/etc/shadow-", action: "remove", why: "backup of the last edit" },
  { pattern: "/etc/gshadow-", action: "remove", why: "backup of the last edit" },
  { pattern: "/etc/subuid-", action: "remove", why: "backup of the last edit" },
  { pattern: "/etc/subgid-", action: "remove", why: "backup of the last edit" },
  {
    pattern: "/etc/ssh/ssh_host_*_key",
    action: "remove",
    why: "private keys must differ from device to device",
  },
  {
    pattern: "/etc/ssh/ssh_host_*_key.pub",
    action: "remove",
    why: "belongs to a removed private key",
  },
  {
    pattern: "/var/lib/systemd/random-seed",
    action: "remove",
    why: "a seed that is shared is none",
  },
  { pattern: "/root/.bash_history", action: "remove", why: "what was typed into `pibuild shell`" },
  { pattern: "/root/.wget-hsts", action: "remove", why: "times of the build" },
];

/**
 * A rule's pattern as a regular expression over paths that start with `/`. All else in it is literal, dot
 * names match, and `/a/**` is not `/a`: none of which is so in a shell's globs, or by default in picomatch.
 */
export function compilePattern(pattern: string): RegExp {
  const source = pattern
    .split("**")
    .map((part) =>
      part
        .split("*")
        .map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^/]*"),
    )
    .join(".*");
  return new RegExp(`^${source}$`, "s");
}
