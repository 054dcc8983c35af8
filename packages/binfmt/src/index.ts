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
