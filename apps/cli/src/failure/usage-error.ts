import { didYouMean, PibuildError } from "@pibuild/core";
import {
  ArgumentScannerError,
  EnumValidationError,
  FlagNotFoundError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";

/** A command that does not exist; the parser gives those that are near in backticks. */
export function unknownCommand(input: string, quoted: readonly string[]): PibuildError {
  const known = quoted.map((name) => name.replaceAll("`", ""));
  const near = didYouMean(input, known);
  return new PibuildError("USAGE", {
    message: `there is no command \`${input}\``,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  });
}

/**
 * What is wrong with the arguments of a command, as the argument parser found it. `images` are those that
 * could have been named.
 */
export function wrongArguments(error: unknown, images: readonly string[]): unknown {
  if (error instanceof UnsatisfiedPositionalError) return missing(error.placeholder, images);
  if (error instanceof FlagNotFoundError) {
    const near = didYouMean(error.input, error.corrections);
    const hint = near === undefined ? flagsHint : `did you mean \`--${near}\`?`;
    return new PibuildError("USAGE", { message: `there is no flag \`--${error.input}\``, hint });
  }
  if (error instanceof EnumValidationError) {
    const { externalFlagName: flag, input, values } = error;
    const near = didYouMean(input, values);
    const hint = near === undefined ? `it takes ${values.join(", ")}` : `did you mean \`${near}\`?`;
    return new PibuildError("USAGE", { message: `\`--${flag}\` cannot be \`${input}\``, hint });
  }
  if (error instanceof UnexpectedPositionalError) {
    const message = `\`${error.input}\` is one argument too many`;
    return new PibuildError("USAGE", { message, hint: flagsHint });
  }
  if (error instanceof UnsatisfiedFlagError) {
    const message = `\`--${error.externalFlagName}\` needs a value`;
    return new PibuildError("USAGE", { message, hint: flagsHint });
  }
  // The parser's own words begin with a capital, and are the same for every command.
  if (error instanceof ArgumentScannerError)
    return new PibuildError("USAGE", { message: error.message, hint: flagsHint });
  return error;
}

const flagsHint = "run `pibuild help <command>` for its arguments and flags";

function missing(placeholder: string, images: readonly string[]): PibuildError {
  const hint =
    placeholder === "image" && images.length > 0
      ? `images here: ${images.join(", ")}`
      : placeholder === "step"
        ? "`pibuild plan <image>` lists the steps"
        : flagsHint;
  return new PibuildError("USAGE", { message: `name the ${placeholder}`, hint });
}
