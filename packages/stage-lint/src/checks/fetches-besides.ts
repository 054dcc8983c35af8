import { findFetches } from "@pibuild/pigen-stages";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";

/** What scripts fetch besides packages: the same that `plan` and records call it by. */
export const checkFetchesBesides: LintCheck = ({ stage, texts }) =>
  texts
    .filter(({ shell }) => shell !== undefined)
    .flatMap(({ path: file, text }) =>
      findFetches(text).map(
        ({ line, column, from, command, host }): Finding => ({
          ...{ code: "FETCHES_BESIDES", file, line, column, from, stage: stage.path },
          data: { command, ...(host === undefined ? {} : { host }) },
        }),
      ),
    );
