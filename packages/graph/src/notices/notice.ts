/** Something that a person should know before a build, and what to do about it. */
export interface Notice {
  readonly message: string;
  readonly hint: string;
}
