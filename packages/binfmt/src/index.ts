export {
  type ContainerOptions,
  type ContainerStatus,
  containerStatus,
  registerInContainer,
  supports,
} from "./container/container-binfmt.ts";
export { type ForeignArch, foreignArchs, ownHandlerNames } from "./foreign-arch.ts";
export type { Handler } from "./kernel/handler.ts";
export { binfmtDirectory } from "./kernel/read-handlers.ts";
export { persistBinfmt } from "./persist/persist-binfmt.ts";
export type { HostOptions } from "./register/host.ts";
export { registerBinfmt } from "./register/register-binfmt.ts";
export { repairBinfmt } from "./repair/repair-binfmt.ts";
export { type BinfmtOptions, binfmtStatus } from "./status/binfmt-status.ts";
export type { Defect, JudgedHandler } from "./status/judge-handler.ts";
export type { BinfmtState, BinfmtStatus } from "./status/state.ts";
export { embedQemu } from "./twin/embed-qemu.ts";
export { indexCopies, makeTwin, type TwinPlaces, type TwinRecipe } from "./twin/make-twin.ts";
export { type NativePrograms, nativePrograms } from "./twin/native-programs.ts";
export { standIns, twinMount, twinPath } from "./twin/paths.ts";
export { neverRedirected, redirected, type TwinPackage, twinPackages } from "./twin/programs.ts";
export { otherRegistrations, registration } from "./twin/registration.ts";
export { type Undone, undoBinfmt } from "./undo/undo-binfmt.ts";
