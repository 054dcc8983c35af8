import { posix } from "node:path";
import type { FileOperation, Files } from "./operation.ts";

/** A file without its name; flushed with `flush-file` of whatever name it has. */
interface Inode {
  content: Buffer;
  durable: Buffer;
}

/** A change of names in a directory. */
type Change = (names: Map<string, Inode>) => void;

/** How a cut is to end: how many of each directory's floating changes last, and unflushed contents. */
export interface FileFate {
  readonly changes: (directory: string, floating: number) => number;
  readonly content: "durable" | "half" | "written";
}

/**
 * Files on a filesystem with a journal: the changes of one directory last in their order, and certainly
 * from its flush on; what is in a file lasts from the flush of that file on.
 */
export class Directory {
  #names: Map<string, Inode>;
  readonly #durable: Map<string, Inode>;
  readonly #floating = new Map<string, Change[]>();
  /** Directories that were not there before; each is a name in its parent. */
  readonly #made = new Set<string>();

  constructor(files: Files) {
    const inodes = [...files].map(([name, content]): [string, Inode] => [
      name,
      { content, durable: content },
    ]);
    this.#names = new Map(inodes);
    this.#durable = new Map(inodes);
  }

  /** Whether a cut could end in more than one way. */
  get floating(): readonly (readonly [directory: string, changes: number])[] {
    return [...this.#floating].map(([directory, { length }]) => [directory, length]);
  }

  do(operation: FileOperation): void {
    const { file } = operation;
    if (operation.op === "write-file") this.#append(file, operation.data);
    else if (operation.op === "flush-file") this.#flush(file);
    else if (operation.op === "create") this.#create(file);
    else if (operation.op === "make-directory") this.#make(file);
    else if (operation.op === "remove") this.#change(file, (names) => names.delete(file));
    else if (operation.op === "rename") {
      const { to } = operation;
      this.#change(file, (names) => {
        const inode = names.get(file);
        if (inode !== undefined) names.set(to, inode);
        names.delete(file);
      });
    }
  }

  cut({ changes, content }: FileFate): Files {
    const names = new Map(this.#durable);
    for (const [directory, floating] of this.#floating) {
      for (const change of floating.slice(0, changes(directory, floating.length))) change(names);
    }
    const read = ({ durable, content: written }: Inode) => {
      if (content === "durable" || written.equals(durable)) return durable;
      return content === "written" ? written : written.subarray(0, written.length / 2);
    };
    // What is in a directory is lost with its name.
    const isThere = (name: string) => !this.#made.has(parentOf(name)) || names.has(parentOf(name));
    const files = [...names].filter(([name]) => !this.#made.has(name) && isThere(name));
    return new Map(files.map(([name, inode]) => [name, read(inode)]));
  }

  #make(file: string): void {
    this.#made.add(file);
    const inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#change(file, (names) => names.set(file, inode));
  }

  #append(file: string, data: Buffer): void {
    const inode = this.#names.get(file);
    if (inode === undefined) throw new Error(`${file} was written before it was created`);
    inode.content = Buffer.concat([inode.content, data]);
  }

  #create(file: string): void {
    const before = this.#names.get(file);
    // Emptied in place: what it had is lost whenever the medium likes.
    if (before !== undefined) {
      before.content = Buffer.alloc(0);
      before.durable = before.content;
      return;
    }
    const inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#change(file, (names) => names.set(file, inode));
  }

  #change(file: string, change: Change): void {
    const directory = parentOf(file);
    this.#floating.set(directory, [...(this.#floating.get(directory) ?? []), change]);
    const names = new Map(this.#names);
    change(names);
    this.#names = names;
  }

  #flush(file: string): void {
    const inode = this.#names.get(file);
    if (inode !== undefined && !this.#made.has(file)) {
      inode.durable = inode.content;
      return;
    }
    for (const change of this.#floating.get(file) ?? []) change(this.#durable);
    this.#floating.delete(file);
  }
}

function parentOf(file: string): string {
  const parent = posix.dirname(file);
  return parent === "." ? "" : parent;
}
