export * from "./boot.ts";
export * from "./engine-rig.ts";
export * from "./needs.ts";
export * from "./nx-rig.ts";
export * from "./pigen-origin.ts";
export * from "./readme.ts";
export * from "./rig.ts";
export * from "./write-tree.ts";
