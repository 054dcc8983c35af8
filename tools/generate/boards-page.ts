import { fileURLToPath } from "node:url";
import { listImages, loadImage } from "@pibuild/config";
import {
  type Board,
  boardKernels,
  boardNames,
  boards,
  boardTables,
  type KernelMaker,
  type KernelRelease,
  kernelReleases,
  tableKinds,
} from "@pibuild/pi-boot";
import { notice, table } from "./page.ts";

const workspace = fileURLToPath(new URL("../..", import.meta.url));

/** An image of this workspace, as far as a board has to do with it. */
interface BoardImage {
  readonly name: string;
  readonly maker: KernelMaker;
  /** The only board that it is for. */
  readonly only?: Board | undefined;
}

const images: readonly BoardImage[] = await Promise.all(
  (await listImages(workspace)).map(async (name) => {
    const { piGen, disk } = await loadImage(workspace, name, { requireStages: false });
    return { name, maker: piGen === undefined ? "debian" : "raspberrypi", only: disk.board };
  }),
);

/** A column: images with one kernel, in one release. */
interface Column {
  readonly maker: KernelMaker;
  readonly release: KernelRelease;
}

const namesOf = (wanted: (image: BoardImage) => boolean) =>
  images
    .filter(wanted)
    .map(({ name }) => `\`${name}\``)
    .join(", ");
/** The images of a maker that are for every board. */
const examples = (maker: KernelMaker) =>
  namesOf((image) => image.maker === maker && image.only === undefined);
const made = boards.flatMap((board) => {
  const names = namesOf(({ only }) => only === board);
  return names === "" ? [] : [`Made for the ${boardNames[board]} alone: ${names}.`];
});
const columns: readonly Column[] = (["debian", "raspberrypi"] as const).flatMap((maker) =>
  kernelReleases.map((release) => ({ maker, release })),
);
const kernelNames = { debian: "Debian's kernel", raspberrypi: "Raspberry Pi OS" } as const;
const short = (column: Column, board: Board) => {
  const { boots, why } = boardKernels[column.maker][column.release][board];
  return boots ? "yes" : `no (${why.replace(/:.*/, "")})`;
};

/** The table that the README shows: the reasons in short. */
export const boardsBlock = table(
  ["", ...columns.map(({ maker, release }) => `${examples(maker)}, ${release}`)],
  boards.map((board) => [boardNames[board], ...columns.map((column) => short(column, board))]),
);

const reasons = boards.flatMap((board) =>
  columns.flatMap(({ maker, release }) => {
    const { boots, why } = boardKernels[maker][release][board];
    return boots ? [] : [[boardNames[board], `${kernelNames[maker]}, ${release}`, `${why}.`]];
  }),
);
/** The page of boards. */
export const boardsPage = [
  `${notice}\n# Boards\n`,
  `Which Raspberry Pi an image starts on depends on its kernel. Debian's own kernel is in ${namesOf(({ maker }) => maker === "debian")}; Raspberry Pi's, from pi-gen's stages, is in ${namesOf(({ maker }) => maker === "raspberrypi")}. \`release:\` in \`image.yaml\` chooses the Debian release: \`bookworm\` (the default) or \`trixie\`.\n`,
  boardsBlock,
  `Only 64-bit systems are built, so older boards than these start none of them. ${made.join(" ")} The images were started in QEMU, and the boot partition is compared with this table in the tests; no image was started on a board.\n`,
  "## Why not\n",
  table(["Board", "Kernel", "Reason"], reasons),
  "For a Raspberry Pi 5 or a Compute Module 5, build on pi-gen's stages: [Raspberry Pi OS](pi-gen.md). An image that names its board with `disk: { board: pi5 }` is checked when its disk is made: a boot partition without what the board loads is an error, and a kernel that cannot read its card is a warning.\n",
  "## Partition tables\n",
  "The table of an image with two partitions is an MBR, which every board reads. For [A/B images](updates.md) there is a choice, and `disk: { board: ... }` refuses what the board does not start from.\n",
  table(
    ["Board", "`board:`", ...tableKinds.map((kind) => `\`${kind}\``)],
    boards.map((board) => [
      boardNames[board],
      `\`${board}\``,
      ...tableKinds.map((kind) => {
        const { boots, why } = boardTables[board][kind];
        return `${boots ? "yes" : "no"}: ${why}`;
      }),
    ]),
  ),
].join("\n");
