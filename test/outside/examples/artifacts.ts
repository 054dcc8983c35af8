import { type Artifact, compressImage, writeBmap } from "@pibuild/artifacts";
import { createExec } from "@pibuild/core";

// An image as it is handed out: compressed, with its checksum, and a block map of what it uses.
const image = "small.img";
const sourceDateEpoch = 1_767_225_600;
const output = "handed-out/small.img.xz";
const exec = createExec();
const packed = await compressImage({ image, output, level: 1, exec, sourceDateEpoch });
const ranges = [{ start: 0, end: packed.image.bytes }];
const bmap: Artifact = await writeBmap({ image, ranges, output: "small.bmap", sourceDateEpoch });
console.log(packed.artifacts.length, packed.image.bytes, bmap.sha256.length);
