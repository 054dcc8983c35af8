export * from "./boot.ts";
export * from "./needs.ts";
export * from "./readme.ts";
export * from "./rig.ts";
