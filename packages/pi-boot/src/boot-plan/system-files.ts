import type { BootConfig } from "../config-txt/read-config.ts";
import type { BootState } from "../firmware-file/filters.ts";
import { type BootVolume, pathSteps } from "../volume/boot-volume.ts";

/** A file that the firmware loads, and whether it is there. */
export interface PlannedFile {
  readonly path: string;
  readonly found: boolean;
}

/** The device tree; without a path, no file has the name of one of the model's. */
export type PlannedTree = "none wanted" | { readonly path?: string; readonly found: boolean };

/** A path as the firmware takes it: under the prefix, or from the partition's top where it begins with `/`. */
export function under(prefix: string, path: string): string {
  return (pathSteps(path.startsWith("/") ? path : prefix + path) ?? [path]).join("/");
}

/** The files of an operating system, each by the rules of its own key. */
export class SystemFiles {
  readonly #volume: BootVolume;
  readonly #config: BootConfig;
  readonly #state: Required<BootState>;

  constructor(volume: BootVolume, config: BootConfig, state: Required<BootState>) {
    this.#volume = volume;
    this.#config = config;
    this.#state = state;
  }

  /** "Unless the expected kernel and .dtb can be found ... the prefix is ignored": "os_prefix". */
  async prefix(): Promise<string> {
    const upstream = this.#config.number("upstream_kernel") === 1 ? "upstream/" : "";
    const asked = this.#config.text("os_prefix") ?? upstream;
    if (asked === "") return "";
    const [kernel, tree] = [await this.kernel(asked), await this.tree(asked)];
    return kernel.found && (tree === "none wanted" || tree.found) ? asked : "";
  }

  /** The named kernel, or the first of the model's own that is there: "kernel", "arm_64bit". */
  async kernel(prefix: string): Promise<PlannedFile> {
    const { kernels, bits } = this.#state.model;
    const asked = this.#config.number("arm_64bit");
    const wanted = asked === undefined ? bits : asked === 0 ? 32 : 64;
    const own = kernels[wanted].length > 0 ? kernels[wanted] : kernels[bits];
    const named = this.#config.text("kernel");
    return this.#first((named ? [named] : own).map((name) => under(prefix, name)));
  }

  /** `auto_initramfs` loads what is called as the kernel, if it is there; a named one wins. */
  async initramfs(prefix: string, kernel: PlannedFile): Promise<PlannedFile[]> {
    const named = this.#config.ramfs?.split(/\s/)[0];
    if (named) {
      const paths = named.split(",").filter((name) => name !== "");
      return await Promise.all(paths.map((name) => this.file(under(prefix, name))));
    }
    const own = /^(.*?)kernel([^/]*)\.img$/.exec(kernel.path);
    if (this.#config.number("auto_initramfs") !== 1 || own === null) return [];
    // "The initramfs must be matched to the chosen kernel": rpi-eeprom's notes of 2025-05 and 2026-06.
    const file = await this.file(`${own[1]}initramfs${own[2]}`);
    return file.found ? [file] : [];
  }

  /** Without one under the prefix, the one at the top is read: log in raspberrypi/linux issue 7319. */
  async cmdline(prefix: string): Promise<PlannedFile> {
    const name = this.#config.text("cmdline") || "cmdline.txt";
    return this.#first([under(prefix, name), under("", name)]);
  }

  /** The named tree, or any of the model's; `device_tree=` asks for none. */
  async tree(prefix: string): Promise<PlannedTree> {
    const named = this.#config.text("device_tree");
    if (named !== undefined) return named === "" ? "none wanted" : this.file(under(prefix, named));
    // A prefix may be a directory, the beginning of names, or both.
    const cut = prefix.lastIndexOf("/") + 1;
    const [directory, start] = [prefix.slice(0, cut), prefix.slice(cut).toLowerCase()];
    for (const entry of [...(await this.#volume.list(directory))].sort()) {
      const name = entry.toLowerCase();
      if (!name.startsWith(start) || !name.endsWith(".dtb")) continue;
      if (this.#state.model.tree.test(name.slice(start.length)))
        return this.file(under(directory, entry));
    }
    return { found: false };
  }

  /** They are shared unless the prefix has a README of its own: "overlay_prefix". */
  async overlays(prefix: string): Promise<string> {
    const directory = this.#config.text("overlay_prefix") ?? "overlays/";
    const own = await this.#volume.has(under(prefix, `${directory}README`));
    return own ? prefix + directory : directory;
  }

  async #first(paths: readonly string[]): Promise<PlannedFile> {
    for (const path of paths) {
      const file = await this.file(path);
      if (file.found) return file;
    }
    return { path: paths[0] ?? "", found: false };
  }

  async file(path: string): Promise<PlannedFile> {
    return { path, found: await this.#volume.has(path) };
  }
}
