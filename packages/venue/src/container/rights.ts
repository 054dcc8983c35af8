import type { EngineName } from "@pibuild/host";

/** What a container may do beyond the ordinary. */
export interface Rights {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * The kernel's loop devices (major 7, and the node that gives out free ones), which layers are
 * mounted through; and device nodes that appear while the container runs.
 */
const loopDevices = [
  ...["--mount", "type=bind,source=/dev,target=/dev"],
  ...["--device-cgroup-rule", "b 7:* rmw", "--device-cgroup-rule", "c 10:237 rmw"],
];

/**
 * Mounting; device nodes, which Podman's containers may not make by default; and loopback in a step's own
 * network.
 */
const capabilities = ["SYS_ADMIN", "MKNOD", "NET_ADMIN"].flatMap((name) => ["--cap-add", name]);

/** SELinux would keep the container from the workspace, whose label is the user's. */
const labels = ["--security-opt", "label=disable"];
const noAppArmor = ["--security-opt", "apparmor=unconfined"];
const noSeccomp = ["--security-opt", "seccomp=unconfined"];

/** Docker's name and Podman's for the parts of /proc that are hidden from a container. */
const openProc: Readonly<Record<EngineName, readonly string[]>> = {
  docker: ["--security-opt", "systempaths=unconfined"],
  podman: ["--security-opt", "unmask=ALL"],
};

/** Sets of rights in the order in which they are tried: all of them, then from few to many. */
export function rightsLadder(engine: EngineName): readonly Rights[] {
  const least = [...loopDevices, ...capabilities, ...labels];
  const proc = openProc[engine];
  const name = "SYS_ADMIN and loop devices";
  return [
    {
      name: "--privileged",
      args: ["--privileged", "--mount", "type=bind,source=/dev,target=/dev"],
    },
    { name, args: least },
    { name: `${name}, no AppArmor`, args: [...least, ...noAppArmor] },
    { name: `${name}, no AppArmor, no seccomp`, args: [...least, ...noAppArmor, ...noSeccomp] },
    {
      name: `${name}, no AppArmor, no seccomp, all of /proc`,
      args: [...least, ...noAppArmor, ...noSeccomp, ...proc],
    },
  ];
}
