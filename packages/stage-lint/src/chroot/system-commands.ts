/**
 * Commands that tell something of the system that they run on, or change it: in a substitution that
 * the host expands, they tell it of the wrong one. Docs list them.
 */
export const systemCommands: readonly string[] = [
  ...["dpkg", "dpkg-query", "dpkg-architecture", "apt-cache", "apt-get", "apt", "apt-mark"],
  ...[".", "source", "lsb_release", "uname", "hostname", "systemctl"],
  ...["id", "whoami", "getent", "pwd", "which", "command"],
  ...["python3", "pip3", "pip", "node", "npm"],
];
