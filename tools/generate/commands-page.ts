import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from "@stricli/core";
import { createApp } from "../../apps/cli/src/app.ts";
import { notice } from "./page.ts";

// No command runs here, so none needs a context.
const app = createApp() as unknown as Application<CommandContext>;
const helps = generateHelpTextForAllCommands(app).filter(
  ([command]) => !/^pibuild (?:task|digest)$/.test(command),
);

/** The reference page of all commands: what \`--help\` prints. */
export const commandsPage = [
  `${notice}\n# Commands\n`,
  "What `pibuild help <command>` prints. In this workspace `./pibuild` stands for `pibuild`.\n",
  ...helps.map(([command, text]) => `## ${command}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\`\n`),
].join("\n");
