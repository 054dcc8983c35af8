/** What a program answered. `output` is what it printed to either stream, as bytes or as text. */
export interface ProgramAnswer {
  readonly exitCode: number;
  readonly output: Uint8Array | string;
}

/** What detection on Windows goes by, so that it looks at nothing itself. */
export interface WindowsFacts {
  /** PATH, ProgramFiles, ProgramW6432 and LOCALAPPDATA count. Names in any case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a file is there, by a path of Windows. */
  readonly isFile: (path: string) => boolean;
  /** Of `wsl.exe --status`; undefined where there is no wsl.exe. */
  readonly wslStatus?: ProgramAnswer;
  /** Of `wsl.exe --list --verbose`. */
  readonly wslList?: ProgramAnswer;
}
