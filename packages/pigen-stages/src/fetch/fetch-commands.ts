/** A command that fetches from other machines, and no packages of the image's archives. */
export interface FetchCommand {
  readonly names: readonly string[];
  /** It fetches only if its first operand, or a long option, is one of these; without it, always. */
  readonly only?: RegExp;
  /** Not with one of these. */
  readonly unless?: RegExp;
  /**
   * From where: an `address` among its words; a `repository`, unless its words name a directory; a `remote path` among
   * them; or a `registry` of its own.
   */
  readonly from: "address" | "repository" | "remote path" | "registry";
  readonly why: string;
}

const isHelp = /^(?:--help|--version|-V|-h)$/;

/** Every command that counts. Docs list them. */
export const fetchCommands: readonly FetchCommand[] = [
  {
    names: ["curl", "wget", "aria2c"],
    unless: isHelp,
    from: "address",
    why: "what an address gives may be another file tomorrow",
  },
  {
    names: ["git"],
    only: /^(?:clone|fetch|pull|ls-remote|submodule)$/,
    from: "repository",
    why: "a branch moves; `clone`, `fetch`, `pull`, `ls-remote` and `submodule` count",
  },
  {
    names: ["svn", "hg"],
    only: /^(?:checkout|co|export|clone|pull|update|up)$/,
    from: "repository",
    why: "as with git",
  },
  {
    names: ["rsync", "scp", "sftp"],
    from: "remote path",
    why: "with a path on another machine, such as `host:path`",
  },
  {
    names: ["pip", "pip3", "pipx", "uv"],
    only: /^(?:install|download|wheel|pip|sync|add)$/,
    unless: /^--(?:no-index|offline)$/,
    from: "registry",
    why: "without `--no-index`, the newest versions that fit are installed",
  },
  {
    names: ["npm", "pnpm", "yarn"],
    only: /^(?:i|install|ci|add|update|exec|dlx)$/,
    unless: /^--offline$/,
    from: "registry",
    why: "without `--offline`, packages come from a registry",
  },
  {
    names: ["npx"],
    unless: /^--(?:offline|no-install|no|version)$/,
    from: "registry",
    why: "as with npm",
  },
  {
    names: ["gem", "cargo", "go", "composer"],
    only: /^(?:install|fetch|get|mod|update)$/,
    unless: /^--(?:local|offline|frozen)$/,
    from: "registry",
    why: "packages come from a registry",
  },
  {
    names: ["docker", "podman", "skopeo"],
    only: /^(?:pull|copy|run|build)$/,
    from: "registry",
    why: "images come from a registry",
  },
  {
    names: ["gpg", "apt-key"],
    only: /^--(?:recv-keys?|receive-keys|locate-keys|refresh-keys)$/,
    from: "registry",
    why: "keys come from a key server",
  },
  {
    names: ["snap", "flatpak"],
    only: /^install$/,
    from: "registry",
    why: "apps come from a store",
  },
  { names: ["rpi-update"], from: "registry", why: "the newest firmware is installed" },
];
