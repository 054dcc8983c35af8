import {
  type Emit,
  errorCodes,
  isPibuildError,
  type PassedOver,
  PibuildError,
} from "@pibuild/core";

/** One of several places that may serve. `open` throws where it does not. */
export interface Candidate<T> {
  readonly venue: string;
  open(): Promise<T>;
}

/**
 * The first candidate that opens; why each one before it did not is an event. Throws the error of
 * an only candidate as it is, VENUE_NONE where several fail, and at once what is no lack of the
 * machine but a mistake, such as in a configuration.
 */
export async function firstThatWorks<T>(
  candidates: readonly Candidate<T>[],
  emit: Emit,
): Promise<T> {
  const passedOver: PassedOver[] = [];
  for (const { venue, open } of candidates) {
    try {
      return await open();
    } catch (error) {
      if (candidates.length === 1 || !(error instanceof PibuildError) || !isLack(error))
        throw error;
      if (isPibuildError(error, "VENUE_NONE")) {
        // It was a list of candidates itself, and each has been reported.
        passedOver.push(...error.data.passedOver);
      } else {
        const { message: reason, hint } = error;
        passedOver.push({ venue, reason, ...(hint === undefined ? {} : { hint }) });
        emit({ type: "venue-passed-over", venue, reason });
      }
    }
  }
  throw new PibuildError("VENUE_NONE", { passedOver });
}

function isLack({ code }: PibuildError): boolean {
  return errorCodes[code].kind === "environment";
}
