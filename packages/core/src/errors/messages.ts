import { dirname } from "node:path";
import { didYouMean } from "../text/did-you-mean.ts";
import { count, formatBytes, formatDuration } from "../text/format.ts";
import { createRedactor } from "../text/redact.ts";
import { formatCommand } from "../text/shell-quote.ts";
import type { CommandFailure, ErrorCode, ErrorData, Location } from "./codes.ts";

export interface Description {
  readonly message: string;
  readonly hint?: string;
}

type Describe<C extends ErrorCode> = (data: ErrorData[C]) => Description;

const redact = createRedactor();

const systems: Partial<Record<NodeJS.Platform, string>> = { darwin: "macOS", win32: "Windows" };

/** The words for every error, and nowhere else. */
const descriptions: { [C in ErrorCode]: Describe<C> } = {
  USAGE: ({ message, hint = "run `pibuild help` for the commands" }) => ({ message, hint }),
  CONFIG_MISSING: ({ file, what, make }) => ({
    message: `${what} is missing: \`${file}\` does not exist`,
    hint:
      make === undefined
        ? `create \`${file}\`, or run pibuild in the workspace that holds it`
        : `\`pibuild ${make}\` makes it`,
  }),
  CONFIG_INVALID: ({ issues }) => ({
    message: issues.map((issue) => `${formatLocation(issue.at)}: ${issue.message}`).join("\n"),
    ...hintOf(issues.map((issue) => issue.hint).filter((hint) => hint !== undefined)),
  }),
  STAGE_MISSING: ({ stage, searched, at, near, isDefault = false }) => ({
    message: `${at ? `${formatLocation(at)}: ` : ""}stage \`${stage}\` does not exist (looked in ${searched.map((path) => `\`${path}\``).join(", ")})`,
    hint:
      near !== undefined
        ? `did you mean \`${near}\`?`
        : isDefault
          ? "images are finished by this stage unless `export:` names others: install @pibuild/stages again, or pin a tag of pi-gen that has it"
          : at !== undefined && at.line === undefined
            ? "check the spelling: a name without a `/` is a stage of pi-gen, a name with one is a path in the workspace"
            : "check the spelling under `stages:`; paths are relative to the workspace",
  }),
  TARGETS_INVALID: ({ problem }) => ({
    message: `the targets of an image are wrong: ${problem}`,
    hint: "in packages/graph/src/targets/registry.ts, each target must run after others that exist, and have files of its own",
  }),
  STEP_UNKNOWN: ({ image, step, known }) => {
    // Many leave the stage out.
    const near = known.find((id) => id.endsWith(`/${step}`)) ?? didYouMean(step, known);
    return {
      message: `image \`${image}\` has no step \`${step}\``,
      hint:
        near === undefined
          ? `its steps are: ${known.join(", ")}`
          : `did you mean \`${near}\`? \`pibuild plan ${image}\` lists them all`,
    };
  },
  PROJECT_NOT_EMPTY: ({ directory, found }) => ({
    message: `\`${directory}\` is not empty: it has ${found
      .slice(0, 3)
      .map((name) => `\`${name}\``)
      .join(", ")}${found.length > 3 ? ` and ${found.length - 3} more` : ""}`,
    hint: found.includes("apps")
      ? "it is a project already: for another image, make a directory `apps/<image>` with an image.yaml"
      : "name a new directory: `pibuild init DIRECTORY`; a project of pi-gen is adopted by its `--config FILE` or `--workflow FILE`",
  }),
  PROJECT_EXISTS: ({ file }) => ({
    message: `\`${file}\` exists already, and was not changed`,
    hint: "rename or remove it and run the command again, or choose another name with `--name`",
  }),
  IMAGE_UNKNOWN: ({ image, known }) => {
    const near = didYouMean(image, known);
    const list =
      known.length > 0 ? `images here: ${known.join(", ")}` : "create `apps/<image>/image.yaml`";
    return {
      message: `there is no image \`${image}\``,
      hint: near === undefined ? list : `did you mean \`${near}\`?`,
    };
  },
  ENV_TOOL_MISSING: ({ missing, platform = "linux" }) => ({
    message: `missing programs: ${missing.map(({ program }) => `\`${program}\``).join(", ")}`,
    hint:
      platform !== "linux"
        ? `install ${missing.length === 1 ? "it" : "them"} in a directory of PATH`
        : `run \`pibuild doctor --fix\`, or \`apt-get install ${unique(missing.map((m) => m.debianPackage)).join(" ")}\``,
  }),
  ENV_NEEDS_ROOT: ({ task, command }) =>
    command === undefined
      ? {
          message: `${task} needs root, and \`sudo\` was not found or refused`,
          hint: "run as root, or install sudo and allow this user to use it",
        }
      : { message: `${task} needs root`, hint: `run \`${command}\` as root` },
  ENV_CACHE_UNUSABLE: ({ path, reason }) => ({
    message: `\`${path}\` cannot be used: ${reason}`,
    hint: `if root made it, \`sudo chown --recursive "$(id -un):" ${formatCommand([dirname(path)])}\` gives it back; or set PIBUILD_CACHE to another directory`,
  }),
  STORE_UNUSABLE: ({ path, reason }) => ({
    message: `the store cannot use \`${path}\`: ${reason}`,
    hint: "look what is there and who owns it, or set PIBUILD_STORE to another directory",
  }),
  TASK_RUNNER_MISSING: ({ name, workspace }) => ({
    message: `\`${name}\` is not installed in \`${workspace}\``,
    hint: `install it there (\`npm install --save-dev ${name}\`), or leave \`--engine\` out`,
  }),
  PORT_UNUSABLE: ({ host, port, reason }) => ({
    message: `cannot listen on ${host}:${port}: ${portReason(reason)}`,
    hint: "choose another with --port, or leave --port out to get a free one",
  }),
  ENV_NO_PROC: ({ task }) => ({
    message: `${task} needs /proc, and there is none`,
    hint: "mount -t proc proc /proc",
  }),
  ENV_NO_NAMESPACES: ({ task }) => ({
    message: `${task} needs a mount namespace of its own, and the kernel refuses one, even to root`,
    hint: "in a container, start it with `--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined`; `pibuild doctor` tells more",
  }),
  ENV_BINFMT_MISSING: ({ arch, detail, hint }) => ({
    message: `this host cannot run ${arch} programs: ${detail}`,
    hint:
      hint ??
      `run \`pibuild doctor --fix\`, or \`npx @pibuild/binfmt repair --arch ${arch}\` as root`,
  }),
  ENV_BINFMT_UNSUPPORTED: ({ directory }) => ({
    message: `this kernel has no binfmt_misc, so nothing can be mounted at \`${directory}\``,
    hint: "use a kernel with CONFIG_BINFMT_MISC, or a machine of that architecture",
  }),
  ENV_BINFMT_REFUSED: ({ task, path, reason }) => ({
    message: `${task}: \`${path}\` cannot be changed (${reason})`,
    hint: "in a container, register on the host instead, or start the container with --privileged",
  }),
  ENV_QEMU_MISSING: ({ arch, debianPackage, dynamic }) => ({
    message:
      dynamic.length === 0
        ? `no qemu for ${arch} programs is installed`
        : `${dynamic.map((path) => `\`${path}\``).join(", ")} cannot work in a chroot, because it loads libraries there, and no other qemu for ${arch} programs is installed`,
    hint: `run \`apt-get install ${debianPackage}\` as root, or \`npx @pibuild/binfmt register --container\``,
  }),
  ENV_ENGINE_UNREACHABLE: ({ engine, detail }) => ({
    message: `${engine} does not answer: ${detail}`,
    hint: `install and start ${engine}, until \`${engine} info\` works for this user`,
  }),
  ENV_PRIVILEGED_REFUSED: ({ engine, detail }) => ({
    message: `${engine} does not start a container with --privileged: ${detail}`,
    hint: "allow privileged containers, or do without: install qemu-user-static, and run `npx @pibuild/binfmt register` as root",
  }),
  ENV_DISK_FULL: ({ path, freeBytes, neededBytes }) => ({
    message:
      neededBytes === undefined
        ? `no room left on the filesystem of \`${path}\` (${formatBytes(freeBytes)} free)`
        : `\`${path}\` has ${formatBytes(freeBytes)} free, the build needs ${formatBytes(neededBytes)}`,
    hint: "free some space (`pibuild clean --store` removes every layer), or set PIBUILD_STORE to a larger disk",
  }),
  ENV_UNSUPPORTED: ({ what, hint = "run `pibuild doctor` for the details" }) => ({
    message: what,
    hint,
  }),
  ENV_NEEDS_LINUX: ({ task, platform }) => ({
    message: `${task} needs Linux, and this is ${systems[platform] ?? platform}`,
    hint: platform === "win32" ? "run it in WSL" : "run it on a Linux machine, or in a virtual one",
  }),
  PATH_FOREIGN: ({ path, problem, hint }) => ({ message: `\`${path}\` ${problem}`, hint }),
  VENUE_NONE: ({ passedOver }) => ({
    message: `this machine can run steps nowhere:\n${passedOver.map(({ venue, reason }) => `  ${venue}: ${reason}`).join("\n")}`,
    ...hintOf(passedOver.flatMap(({ hint }) => hint ?? [])),
  }),
  ENGINE_MISSING: ({ engines }) => ({
    message: `${engines.map((engine) => `\`${engine}\``).join(" and ")} ${engines.length === 1 ? "is" : "are"} not installed`,
    hint: "install Docker or Podman (Debian: `apt-get install docker.io`)",
  }),
  ENGINE_ROOTLESS: ({ engine }) => ({
    message: `\`${engine}\` runs without root, but steps need root to make device nodes and to mount layers`,
    hint: "run pibuild with sudo, or use an engine that runs as root",
  }),
  ENGINE_WINDOWS: ({ engine }) => ({
    message: `\`${engine}\` is set to Windows containers, but steps need Linux containers`,
    hint: 'choose "Switch to Linux containers" in the menu of Docker Desktop',
  }),
  ENGINE_MEMORY: ({ engine, bytes, neededBytes }) => ({
    message: `\`${engine}\` has ${formatBytes(bytes)} of memory, a build needs ${formatBytes(neededBytes)}`,
    hint: "give its virtual machine more memory (Docker Desktop: Settings, Resources; Podman: `podman machine set --memory`)",
  }),
  ENGINE_RIGHTS: ({ engine, detail }) => ({
    message: `containers of \`${engine}\` cannot mount layers, with any rights that it grants: ${detail}`,
    hint: "allow the engine to grant `--privileged`, or `--cap-add SYS_ADMIN` together with loop devices",
  }),
  CONTAINER_IMAGE_FAILED: ({ image, failure }) => ({
    message: `the image for the container cannot be made from ${image}: ${describeFailure(failure)}${after(failure.tail.at(-1))}`,
    hint: "check the network, or use an image that is on this machine with `--container-image`",
  }),
  CONTAINER_LOST: ({ engine, how, exitCode, tail = [] }) => ({
    message: {
      killed: `the \`${engine}\` container was stopped or removed while it worked`,
      memory: `the \`${engine}\` container ran out of memory`,
      ended: `the \`${engine}\` container ended before its work did, with exit code ${exitCode}`,
      unstarted: `\`${engine}\` did not start the container: ${tail.at(-1) ?? "it gave no reason"}`,
    }[how],
    hint: "run the same command again: finished steps are kept, and it goes on after them",
  }),
  MIRROR_UNREACHABLE: ({ url, detail, renew, isDebian = true }) => ({
    message: `mirror \`${url}\` failed: ${detail}`,
    hint:
      renew === undefined
        ? `check the network, or ${isDebian ? "name further mirrors in DEBIAN_MIRROR" : "name mirrors of this archive below `mirrors:` in image.yaml, or a proxy with APT_PROXY"}`
        : `the mirror has newer packages than the image knows: run \`${renew}\`, then build again`,
  }),
  SERVER_UNREACHABLE: ({ host }) => ({
    message: `a script of the stage fetches from \`${host}\`, which cannot be reached from here`,
    hint: "check the network and the address; or keep what it fetches in the stage's `files/`, or name it in `inputs:` of image.yaml, so that no build needs the server",
  }),
  CONTAINER_IMAGE_MISSING: ({ engine, image, detail }) => ({
    message: `${engine} has no image \`${image}\` and could not fetch it: ${detail}`,
    hint: `check the name and the network, or load it with \`${engine} load\``,
  }),
  COMMAND_FAILED: (failure) => ({ message: describeFailure(failure) }),
  STEP_FAILED: ({ step, action, failure, shell }) => ({
    message: `step \`${step}\` failed in \`${action}\`: ${describeFailure(failure)}`,
    hint: `open a shell in the failed state with \`${shell}\``,
  }),
  STEP_UNNAMED: ({ step, setting, file }) => ({
    message:
      setting === undefined
        ? `step \`${step}\` did not see \`${file}\`, because none of its files names STAGE_DIR or BASE_DIR`
        : `step \`${step}\` did not get \`${setting}\`, because none of its files names it`,
    hint: `name ${setting === undefined ? "STAGE_DIR or BASE_DIR" : "it"} in one of them, for example in a comment`,
  }),
  STEP_REFUSED: ({ step, problem, hint }) => ({
    message: `step \`${step}\` made what cannot be kept: ${problem}`,
    hint,
  }),
  STEP_CHANGED: ({ step }) => ({
    message: `the files or settings of step \`${step}\` changed while it ran; its layer is not kept`,
    hint: "run the build again",
  }),
  UPSTREAM_FAILED: ({ at, failure }) => ({
    message: `pi-gen's build failed${at === undefined ? " before its first stage" : ` in \`${at}\``}: ${describeFailure(failure)}`,
    hint: "it will start from the beginning; without `--runner upstream`, a build goes on at the step that failed",
  }),
  PAYLOAD_REFUSED: ({ payload, refusal, problem, hint }) => ({
    message: `payload \`${payload}\` is refused (${refusal}): ${problem}`,
    hint,
  }),
  PAYLOAD_INPUT: ({ problem, hint }) => ({ message: problem, hint }),
  LAYOUT_INVALID: ({ problem, partition }) => ({
    message: partition === undefined ? problem : `partition \`${partition}\`: ${problem}`,
    hint: "change the layout or the sizes in `image.yaml`",
  }),
  PIGEN_MISSING: ({ tag, path }) => ({
    message: `pi-gen \`${tag}\` has not been fetched: \`${path}\` does not exist`,
    hint: "run `pibuild sync`, or name a checkout with PIGEN_DIR",
  }),
  PIGEN_UNREACHABLE: ({ place, namedBy, failure }) => ({
    message: `\`${place}\` (${namedBy}) could not be read: ${describeFailure(failure)}`,
    hint:
      namedBy === "PI_GEN_SOURCE"
        ? "set PI_GEN_SOURCE to a clone or a bare mirror of pi-gen, or unset it"
        : "check the address and the network, or name a local copy with PI_GEN_SOURCE",
  }),
  PIGEN_TAG_MISSING: ({ place, namedBy, tag }) => ({
    message: `\`${place}\` (${namedBy}) has no tag \`${tag}\``,
    hint:
      namedBy === "PI_GEN_SOURCE"
        ? "update that copy, or unset PI_GEN_SOURCE"
        : "correct PI_GEN_TAG and PI_GEN_COMMIT in `pi-gen-pin.env`",
  }),
  PIGEN_TAG_MOVED: ({ place, namedBy, tag, pinned, found }) => ({
    message: `tag \`${tag}\` has moved: \`${place}\` (${namedBy}) has it at \`${found}\`, the pin says \`${pinned}\``,
    hint: "find out who moved it and why; to accept it, change PI_GEN_COMMIT in `pi-gen-pin.env`",
  }),
  PIGEN_INVALID: ({ place, namedBy, missing }) => ({
    message: `\`${place}\` (${namedBy}) is not pi-gen: it has no ${missing.map((path) => `\`${path}\``).join(", ")}`,
    hint: `set ${namedBy} to pi-gen's own ${namedBy === "PIGEN_DIR" ? "directory" : "repository"}`,
  }),
  PIGEN_MODIFIED: ({ path, commit, head, changes }) => ({
    message: `\`${path}\` was changed since it was fetched: ${
      head === commit
        ? `${some(changes)} differ${changes.length === 1 ? "s" : ""} from commit \`${commit}\``
        : `it is at ${head === undefined ? "no commit" : `commit \`${head}\``}, the pin at \`${commit}\``
    }`,
    hint: `to use the pinned pi-gen, remove \`${path}\` and run \`pibuild sync\`; to build with the changes, move it elsewhere and name it with PIGEN_DIR`,
  }),
  VERIFY_FAILED: ({ what, detail, hint }) => ({
    message: `${what}: ${detail}`,
    ...hintOf(hint === undefined ? [] : [hint]),
  }),
  LINT_FAILED: ({ errors, warnings }) => ({
    message: `${count(errors, "error")} and ${count(warnings, "warning")} in stages`,
    hint: "to allow one, write a comment `# pibuild: allow CODE reason` on its line or above it; where no line is named, anywhere in its file",
  }),
  BUILD_TIMEOUT: ({ image, limitMs, running, runningMs }) => ({
    message: `the build of \`${image}\` was stopped after ${formatDuration(limitMs)}, as BUILD_TIMEOUT says; ${
      running === undefined
        ? "no step had started"
        : `\`${running}\` had been running for ${formatDuration(runningMs)}`
    }`,
    hint: "run the same command again, it goes on at that step; or set BUILD_TIMEOUT or `build_timeout` to more",
  }),
  OUTPUT_UNUSABLE: ({ directory, reason }) => ({
    message: `\`${directory}\` cannot take the finished files: ${reason}`,
    hint: "choose another directory with OUTPUT_DIR or `output_dir`, or unset it",
  }),
  REGISTRY_ADDRESS: ({ address, problem, hint }) => ({
    message: `\`${address}\` names no repository of a registry: ${problem}`,
    hint,
  }),
  REGISTRY_UNREACHABLE: ({ registry, detail }) => ({
    message: `registry \`${registry}\` failed: ${detail}`,
    hint: "check its address and the network, and try again",
  }),
  REGISTRY_DENIED: ({ registry, action, status, detail }) => ({
    message: `registry \`${registry}\` does not let this login ${action}: ${[status, detail].filter(Boolean).join(" ")}`,
    hint:
      status === 401
        ? "log in with `docker login`, or give a token as PIBUILD_CACHE_TOKEN; an old token may have expired"
        : `give a login that may ${action} there${action === "write" ? ", or switch writing off (PIBUILD_CACHE_WRITE=0)" : ""}`,
  }),
  REGISTRY_NOT_OCI: ({ registry, detail }) => ({
    message: `\`${registry}\` is no registry of OCI artifacts: ${detail}`,
    hint: "name the registry itself, without a path of its web pages",
  }),
  REGISTRY_REFUSED: ({ registry, what, detail }) => ({
    message: `registry \`${registry}\` refuses ${what}: ${detail}`,
    hint: "check whether the registry allows artifacts of this kind and size",
  }),
  BLOB_DAMAGED: ({ place, digest, detail }) => ({
    message: `what \`${place}\` gives for sha256 ${digest} is something else: ${detail}`,
    hint: "remove it there: it is then made and sent again",
  }),
  LAYER_LOST: ({ digest, reason }) => ({
    message: `the remote cache has a record of layer ${digest}, but not the layer: ${reason}`,
    hint: "run the build again: the step that makes it runs here",
  }),
  CACHE_UNREACHABLE: ({ place, detail }) => ({
    message: `cache \`${place}\` cannot be used: ${detail}`,
    hint: "look what is there and who owns it",
  }),
  CACHE_KEY_INVALID: ({ place, problem }) => ({
    message: `${place}: ${problem}`,
    hint: "`pibuild cache key FILE` makes a key, and prints what belongs below `trust:`",
  }),
  INTERRUPTED: ({ signal, resumes = true }) => ({
    message: `stopped by ${signal === "SIGINT" ? "Ctrl-C (SIGINT)" : signal}`,
    hint: resumes
      ? "run the same command again: it goes on at the step that was interrupted"
      : "the same command starts from the beginning, because pi-gen's build.sh does; without `--runner upstream` it goes on where it was",
  }),
};

/** The message and hint for an error's data, without the logins of addresses. */
export function describe<C extends ErrorCode>(code: C, data: ErrorData[C]): Description {
  const { message, hint } = descriptions[code](data);
  return { message: redact(message), ...(hint === undefined ? {} : { hint: redact(hint) }) };
}

/** `file:line:column`, as editors and terminals link it. */
export function formatLocation({ file, line, column }: Location): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

function describeFailure({ command, exitCode, signal }: CommandFailure): string {
  if (signal !== undefined) return `\`${command}\` was killed by ${signal}`;
  if (exitCode === undefined) return `\`${command}\` could not be started`;
  return `\`${command}\` exited with ${exitCode}`;
}

/** What a program said last, in parentheses. */
function after(said: string | undefined): string {
  return said === undefined || said === "" ? "" : ` (${said})`;
}

function hintOf(hints: readonly string[]): { hint?: string } {
  const first = hints[0];
  return first === undefined ? {} : { hint: first };
}

/** The first few of a list, and how many more there are. */
function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => `\`${path}\``);
  const more = paths.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function portReason(code: string): string {
  const words: Record<string, string> = {
    EADDRINUSE: "another program listens there",
    EACCES: "ports below 1024 are for root",
    EADDRNOTAVAIL: "this machine does not have that address",
  };
  const known = words[code];
  return known === undefined ? code : `${known} (${code})`;
}
