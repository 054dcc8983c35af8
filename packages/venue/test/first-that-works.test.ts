import { type EventBody, PibuildError } from "@pibuild/core";
import { expect, test } from "vitest";
import { type Candidate, firstThatWorks } from "../src/first-that-works.ts";

const lacks = (venue: string): Candidate<string> => ({
  venue,
  open: async () => {
    throw new PibuildError("ENV_UNSUPPORTED", { what: `${venue} lacks it` });
  },
});
const works = (venue: string): Candidate<string> => ({ venue, open: async () => venue });
const broken: Candidate<string> = {
  venue: "broken",
  open: async () => {
    throw new PibuildError("PIGEN_INVALID", {
      place: "/x",
      namedBy: "PIGEN_DIR",
      missing: ["build.sh"],
    });
  },
};

test("each one that is passed over is an event with its reason, and those after are not tried", async () => {
  const events: EventBody[] = [];
  const found = await firstThatWorks([lacks("a"), lacks("b"), works("c"), broken], (event) =>
    events.push(event),
  );
  expect(found).toBe("c");
  expect(events).toEqual([
    { type: "venue-passed-over", venue: "a", reason: "a lacks it" },
    { type: "venue-passed-over", venue: "b", reason: "b lacks it" },
  ]);
});

test("an only candidate's error is thrown as it is", async () => {
  await expect(firstThatWorks([lacks("a")], () => {})).rejects.toMatchObject({
    code: "ENV_UNSUPPORTED",
  });
});

test("where all lack something, all reasons are in one error, those of a list in a list too", async () => {
  const inner: Candidate<string> = {
    venue: "container",
    open: () => firstThatWorks([lacks("b"), lacks("c")], () => {}),
  };
  const events: EventBody[] = [];
  const failed = firstThatWorks([lacks("a"), inner], (event) => events.push(event));
  await expect(failed).rejects.toMatchObject({
    code: "VENUE_NONE",
    data: { passedOver: [{ venue: "a" }, { venue: "b" }, { venue: "c" }] },
  });
  expect(events).toHaveLength(1);
});

test("a mistake is not passed over: the next candidate would hide it", async () => {
  await expect(firstThatWorks([broken, works("c")], () => {})).rejects.toMatchObject({
    code: "PIGEN_INVALID",
  });
});
