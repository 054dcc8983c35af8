import { binfmtStatus, registerBinfmt, undoBinfmt } from "@pibuild/binfmt";
import { createExec, type Exec } from "@pibuild/core";

// As root: the host is made able to run arm64 programs, and left as it was.
const exec: Exec = createExec();
const states: string[] = [(await binfmtStatus("arm64", { exec })).state];
await registerBinfmt("arm64", exec);
states.push((await binfmtStatus("arm64", { exec })).state);
await undoBinfmt(["arm64"], exec);
states.push((await binfmtStatus("arm64", { exec })).state);
console.log(states.join(" "));
