import {
  type Shell,
  SHELL_SCRIPTS,
  SHELLS,
} from "../completion/shell_scripts.ts";
import { suggest, UsageError, type Words } from "../../terminal/mod.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";

/** `cni tool completion`. */
export const completionCommand: ToolCommand = {
  operands: [{
    name: "shell",
    completes: "shell",
    summary: SHELLS.join(", "),
  }],
  flags: [],
  description:
    `Networks, namespaces, commands and flags are completed then. For this shell:

  source <(cni tool completion bash)
  source <(cni tool completion zsh)      after compinit
  cni tool completion fish | source

For all to come, put that line into ~/.bashrc, ~/.zshrc or
~/.config/fish/config.fish.`,
  run: completion,
};

function completion(words: Words, { process }: ToolContext): Promise<number> {
  const [name] = words.operands;
  if (name === undefined) {
    throw new UsageError(`missing: a shell (${SHELLS.join(", ")})`);
  }
  const shell = SHELLS.find((one): one is Shell => one === name);
  if (shell === undefined) {
    const [near] = suggest(name, SHELLS);
    const hint = near === undefined ? "" : `Did you mean ${near}?\n`;
    const message = `there is no completion for ${JSON.stringify(name)}: ` +
      `expected ${SHELLS.join(", ")}`;
    throw new UsageError(message, hint);
  }
  process.writeStdout(SHELL_SCRIPTS[shell]);
  return Promise.resolve(0);
}
