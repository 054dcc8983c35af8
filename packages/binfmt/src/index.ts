export {
  type BinfmtOptions,
  type BinfmtState,
  type BinfmtStatus,
  binfmtDirectory,
  binfmtStatus,
} from "./binfmt-status.ts";
export type { ForeignArch } from "./foreign-arch.ts";
export type { Handler } from "./handler.ts";
export { ownHandlerName, registerBinfmt } from "./register-binfmt.ts";
export { embedQemu } from "./twin/embed-qemu.ts";
export { makeTwin, type TwinPlaces, type TwinRecipe } from "./twin/make-twin.ts";
export { type NativePrograms, nativePrograms } from "./twin/native-programs.ts";
export { standIns, twinMount, twinPath } from "./twin/paths.ts";
export { neverRedirected, redirected, type TwinPackage, twinPackages } from "./twin/programs.ts";
export { otherRegistrations, registration } from "./twin/registration.ts";
