/** An archive of packages, and who has copies of it. */
export interface Archive {
  /** Of messages and records: `debian`, `debian-security`, or any other. */
  readonly name: string;
  /** The addresses that apt's sources give it, without a slash at the end: what is asked below one is its. */
  readonly addresses: readonly string[];
  /** Where its files are fetched, the most wanted first; without a slash at the end. */
  readonly candidates: readonly string[];
  /** Never asked for through another proxy. */
  readonly direct?: boolean;
  /** Where old files of it are: asked for what no candidate has, and never for releases that are new. */
  readonly snapshot?: string;
  /** A keyring that has to have signed its releases; without one, apt alone checks that. */
  readonly keyring?: string;
}
