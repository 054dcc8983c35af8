import type { Check } from "../check.ts";

/** 32-bit ARM programs are aligned to 4 KiB, and a kernel with larger pages cannot map them. */
const armhfPage = 4096;

/** The page size of the kernel, which a Raspberry Pi 5 has at 16 KiB by default. */
export const pagesAreSmall: Check = {
  name: "page-size",
  asks: "Whether the kernel's memory pages are small enough for the images' programs",
  warns: "",
  fails:
    "an image is for armhf, and pages are larger than 4 KiB, as in the Raspberry Pi 5's own kernel",
  mended: "`kernel=kernel8.img` in `/boot/firmware/config.txt`, and a reboot",
  mends: false,
  on: "linux",
  async examine({ host, needed }) {
    const size = await host.pageSize();
    const armhf = needed.images.filter(({ arch }) => arch === "armhf");
    const pages = `pages of ${size / 1024} KiB`;
    if (size === armhfPage) return { status: "ok", detail: pages };
    if (armhf.length === 0) return { status: "ok", detail: `${pages}; only armhf images mind` };
    return {
      status: "fail",
      detail: `${pages}, but ${armhf.map(({ name }) => name).join(", ")}: armhf programs need 4 KiB`,
      fix: "add `kernel=kernel8.img` to /boot/firmware/config.txt and reboot",
    };
  },
};
