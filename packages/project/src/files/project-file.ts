/** A file of a project, by its path from the project on. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
  /** Permissions; of a file that holds a secret, its owner's alone. */
  readonly mode?: number;
  /**
   * What happens where there is one already: it stays (`keep`), it is written anew (`replace`), or
   * the lines that it lacks are added at its end or beginning. An image.yaml has to be new.
   */
  readonly where: "new" | "keep" | "replace" | "append" | "prepend";
}
