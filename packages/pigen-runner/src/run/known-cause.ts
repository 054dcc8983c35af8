import { PibuildError } from "@pibuild/core";
import type { Scratch } from "@pibuild/layers";
import { lastOf, unreachedIn } from "./unreached.ts";

/** What programs print where there is no room left. */
export const diskFull = /No space left on device|ENOSPC|You don't have enough free space/;
/** What apt prints for a file that a mirror does not deliver; the first form names the file itself. */
const failedDownloads = [
  /E: Failed to fetch (\S+:\/\/\S+)/,
  /(?:Err:\d+|W: Failed to fetch) (\S+:\/\/\S+)/,
];
const status = / {2}([45]\d\d) {2}(\S[^[\]]*?)\s*(?:\[IP: .*)?$/m;
const noConnection =
  /(?:Could not resolve|Temporary failure resolving) '([^\s']+)'|Could not connect to ([^\s']+)/;

/** What curl, wget, git, apt and others print where there is no network but loopback. */
const noNetwork =
  /Could not resolve|[Tt]emporary failure (?:in name resolution|resolving)|unable to resolve host|[Nn]etwork is unreachable|Failed to connect to \S+ port \d+|Could not connect to|[Cc]onnection refused|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;

const otherNetwork =
  "name the file in `inputs:`, or the archive in `mirrors:` with an http address; or write `network: any`, for one stage below `stage_network:`";

/** What a mirror in the middle of an update delivers. */
const halfSynced = /File has unexpected size|Hash Sum mismatch|Mirror sync in progress/;

/** What setcap, setfattr, tar and others print where file capabilities may not be set. */
const noCapabilities =
  /(?:CAP_SETFCAP|set capabilities|security\.capability)[^\n]*Operation not permitted/i;

const allowCapabilities =
  "write `SETFCAP: 1` below `settings:` in image.yaml; as with pi-gen, it is not allowed otherwise";

/** What programs print that look for a device of the machine; the second form names it. */
const noDevice =
  /cannot find an unused loop device|(\/dev\/(?:loop|kvm|fuse|mapper|net|sd|vd|nvme)[\w/-]*)[^\n]*No such (?:file|device)/;

/** What programs print where something is not there that the build counts on. */
const lacking = [
  {
    pattern: /own-network\.pl: (loopback cannot be brought up: .*)/,
    what: (why: string) => `a step gets no network of its own here: ${why}`,
    hint: "start the container with `--cap-add NET_ADMIN`, or leave `network: packages` out",
  },
  {
    pattern: /unable to open (\/dev\/loop\d+p\d+)/,
    what: (device: string) =>
      `\`${device}\` does not appear: the kernel shows no partitions of a loop device here`,
    hint: "build without `--runner upstream`, because the layered runner makes disks without mounting them; or let a stage write files and no disk",
  },
  {
    pattern: /unknown filesystem type '(vfat|ext4)'/,
    what: (type: string) => `the kernel here mounts no ${type}`,
    hint: "build without `--runner upstream`, because the layered runner makes disks without mounting them; or let a stage write files and no disk",
  },
  {
    pattern:
      /E: (?:Unable to locate package|Package '?)\s*([\w.+-]+)(?:$|'? has no installation candidate)/m,
    what: (name: string) => `no archive that the image's apt knows has a package \`${name}\``,
    hint: "check its name; if it is right, an archive may not have answered when an earlier step ran `apt-get update`. Raspberry Pi's own packages are only in archive.raspberrypi.com",
  },
];

/** What a mirror answers for a package that it has in another version by now. */
const outdated = /^\S+\.deb$/;

/** What is known of the step that failed, besides what it printed. */
export interface FailedRun {
  /** The command after which the index of mirrors is fetched again; undefined where none fetched it. */
  readonly renew?: string | undefined;
  /** Whether the chroot's programs may set file capabilities. */
  readonly setsCapabilities?: boolean;
  /** Whether its `/dev` had no device of this machine. */
  readonly ownDevices?: boolean;
  /** Whether it reached packages and nothing else. */
  readonly packagesOnly?: boolean;
  /** Addresses that APT_MIRROR and APT_SECURITY_MIRROR choose. Default: any. */
  readonly debian?: readonly string[];
}

/**
 * The known cause behind a failed command, from the last lines it printed: a full disk, a mirror that
 * does not deliver, a server that is out of reach, or something that is not there or not allowed. Undefined
 * where the output says none of these.
 */
export async function findKnownCause(
  tail: readonly string[],
  scratch: Pick<Scratch, "free">,
  {
    renew,
    setsCapabilities = false,
    ownDevices = false,
    packagesOnly = false,
    debian = [],
  }: FailedRun = {},
): Promise<PibuildError | undefined> {
  const text = tail.join("\n");
  if (diskFull.test(text)) {
    return new PibuildError("ENV_DISK_FULL", await scratch.free());
  }
  // A status comes from the proxy: the step reached that.
  if (packagesOnly && noNetwork.test(lastOf(tail)) && !status.test(text)) {
    const what =
      "the step reaches packages and nothing else, as image.yaml says with `network: packages`";
    return new PibuildError("ENV_UNSUPPORTED", { what, hint: otherNetwork });
  }
  const download = failedDownloads.map((pattern) => pattern.exec(text)?.[1]).find(Boolean);
  const unreached = download === undefined ? unreachedIn(tail) : undefined;
  if (unreached !== undefined) return unreached;
  const apart = noConnection.exec(text);
  const host = apart?.[1] ?? apart?.[2];
  const url = download ?? host;
  if (url === undefined && !setsCapabilities && noCapabilities.test(text)) {
    const what = "programs in the image may not set file capabilities";
    return new PibuildError("ENV_UNSUPPORTED", { what, hint: allowCapabilities });
  }
  const device = ownDevices ? noDevice.exec(text) : null;
  if (url === undefined && device !== null) {
    const what = `a step finds no devices of this machine, such as ${device[1] === undefined ? "loop devices" : `\`${device[1]}\``}`;
    const hint = "write `host_devices: true` in image.yaml, if it cannot do without";
    return new PibuildError("ENV_UNSUPPORTED", { what, hint });
  }
  if (url === undefined) return lackingIn(text);
  const [, code, words] = status.exec(text) ?? [];
  // Another archive may be out of reach as well, which apt goes on without.
  const unreachable = host !== undefined && url.includes(host.replace(/:\d+$/, ""));
  const reason = unreachable
    ? "no connection"
    : halfSynced.test(text)
      ? "a file is not what the index says; the mirror may be taking an update: try again later"
      : "the download failed";
  const detail = code === undefined ? reason : `${code} ${words}`;
  const isOld = code === "404" && outdated.test(url);
  const way = isOld && renew !== undefined ? { renew } : {};
  const hosts = debian.filter((base) => base !== "").map(hostOf);
  const isDebian = hosts.length === 0 || hosts.includes(hostOf(url));
  return new PibuildError("MIRROR_UNREACHABLE", { url, detail, isDebian, ...way });
}

/** The host of an address; of a bare name, the name. */
function hostOf(address: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/:]+)/.exec(address)?.[1];
}

function lackingIn(text: string): PibuildError | undefined {
  for (const { pattern, what, hint } of lacking) {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) continue;
    return new PibuildError("ENV_UNSUPPORTED", { what: what(found), hint });
  }
  return undefined;
}
