// Loaded into every Node process of a measured build: notes its peak memory when it ends.
import { appendFileSync } from "node:fs";

process.on("exit", () => {
  appendFileSync(
    process.env.PIBUILD_BENCH_MEMORY,
    `${process.resourceUsage().maxRSS} ${process.argv.slice(1, 3).join(" ")}\n`,
  );
});
