/** Who reads a path: Windows itself, Git Bash, a distribution in WSL, or Docker Desktop's command. */
export type PathForm = "windows" | "git-bash" | "wsl" | "docker";

/** Why a path of one form has no name in another. */
export type PathProblem =
  | "network-share"
  | "no-drive"
  | "drive-relative"
  | "device"
  | "bad-name"
  | "own-tree"
  | "in-distribution"
  | "other-distribution"
  | "unnamed-distribution";

/** What a form is called in a sentence. */
export const readers: Record<PathForm, string> = {
  windows: "Windows",
  "git-bash": "Git Bash",
  wsl: "WSL",
  docker: "Docker Desktop",
};

const local = "use a directory on one of this machine's own drives, such as `C:\\`";
const whole = "write it with its drive and from the root, such as `C:\\dir\\file`";

/** Why a path cannot be handed on to its reader, and what to do about it. */
export const pathProblems: Record<PathProblem, { why: (reader: string) => string; hint: string }> =
  {
    "network-share": {
      why: (reader) => `is on a network share, which ${reader} cannot share with others`,
      hint: local,
    },
    "no-drive": { why: () => "does not say on which drive it is", hint: whole },
    "drive-relative": {
      why: () => "starts at a drive's current directory, which only its own shell knows",
      hint: whole,
    },
    device: { why: () => "is a device and not a file", hint: local },
    "bad-name": {
      why: () => "holds a name that no file of Windows can have",
      hint: 'rename it: no `< > : " / \\ | ? *`, no dot or space at the end, no device such as `aux`',
    },
    "own-tree": { why: (reader) => `lies in the directory of ${reader} itself`, hint: local },
    "in-distribution": {
      why: (reader) => `lies in a WSL distribution, where ${reader} does not reach`,
      hint: "run pibuild in that distribution, or move the directory to a drive of Windows",
    },
    "other-distribution": {
      why: () => "lies in another WSL distribution than the one in use",
      hint: "run pibuild in the distribution that holds it",
    },
    "unnamed-distribution": {
      why: () => "lies in a WSL distribution, and which one was not said",
      hint: "name the distribution, as `wsl.exe --list` does",
    },
  };
