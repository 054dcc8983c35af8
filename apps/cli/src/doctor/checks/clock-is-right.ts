import { formatDuration } from "@pibuild/core";
import type { Check } from "../check.ts";
import { askMirrors } from "../mirrors.ts";

/** No pibuild is older; machines without a battery wake up in 1970, or on the day of their image. */
const firstRelease = Date.UTC(2026, 10, 1);
/** What a clock may be off by, in milliseconds. Mirrors publish several times a day. */
const allowed = 5 * 60_000;

/** Whether the clock is right: apt refuses lists of packages that are dated in the future. */
export const clockIsRight: Check = {
  name: "clock",
  asks: "Whether the clock is right, compared with the date in a mirror's answer",
  warns: "it is more than 5 minutes fast",
  fails:
    "it is more than 5 minutes slow, or before pibuild's first release: apt then refuses Release files, as they are from the future",
  mended: "`timedatectl set-ntp true`; on WSL `hwclock --hctosys`",
  mends: false,
  on: "anywhere",
  async examine(context) {
    const { host } = context;
    const now = host.now();
    const shown = new Date(now).toISOString().slice(0, 16).replace("T", " ");
    const fix =
      (await host.wsl()) === undefined ? "timedatectl set-ntp true" : "sudo hwclock --hctosys";
    if (now < firstRelease) {
      return { status: "fail", detail: `${shown} UTC is long past; apt refuses newer lists`, fix };
    }
    const offsets = (await askMirrors(context)).flatMap(({ answer }) =>
      "clock" in answer && answer.clock ? [answer.clock.ours - answer.clock.theirs] : [],
    );
    const [offset] = offsets.sort((a, b) => Math.abs(a) - Math.abs(b));
    if (offset === undefined) {
      return { status: "ok", detail: `${shown} UTC; no mirror answered to compare with` };
    }
    const off = formatDuration(Math.abs(offset));
    if (offset < -allowed) {
      return { status: "fail", detail: `${off} slow: apt refuses lists from the future`, fix };
    }
    if (offset > allowed) return { status: "warn", detail: `${off} fast`, fix };
    return { status: "ok", detail: `${shown} UTC, as the mirror's` };
  },
};
