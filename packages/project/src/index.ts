export {
  type AdoptedProject,
  type AdoptOptions,
  adoptProject,
  findPigenSource,
  type PigenSource,
} from "./adopt/adopt-project.ts";
export { type CommonFiles, commonFiles } from "./files/common-files.ts";
export type { ImageText } from "./files/image-yaml.ts";
export type { PigenPin } from "./files/pins.ts";
export type { ProjectFile } from "./files/project-file.ts";
export { withSecretFiles } from "./files/secret-files.ts";
export { type WrittenProject, writeProject } from "./files/write-project.ts";
export { type Answers, type Base, bases, type NewProject, newProject } from "./new/new-project.ts";
export { requireEmpty } from "./new/require-empty.ts";
