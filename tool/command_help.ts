import { COMMANDS } from "./commands.ts";
import type { CommandEntry } from "./tool_command.ts";
import {
  type Flag,
  flagForm,
  HELP,
  helpRows,
  type Operand,
} from "../terminal/mod.ts";
import type { ToolCommand } from "./tool_command.ts";

/** The variables that apply to every command. */
const ENVIRONMENT = `Environment:
  NETCONFPATH   folder of the network configurations (/etc/cni/net.d)
  CNI_PATH      folders to look for plugins in, separated by ":"; unset, the
                folder of this program and /opt/cni/bin
  CNI_ARGS      arguments for the plugins: K=V;K2=V2
  CAP_ARGS      values for capabilities, as a JSON object
  CNI_IFNAME    name of the interface in the namespace (eth0)
  NO_COLOR      set to anything, there are no colours
`;

/** The blanks between columns. */
const GAP = 3;

/** The help of `cni tool`. */
export function commandList(): string {
  return `Attach network namespaces to CNI networks, and look after them.

Usage:
  cni tool <command> [flags]

Commands:
${
    helpRows(
      COMMANDS.filter(({ isHidden }) => !isHidden).map((
        { name, summary },
      ) => [name, summary]),
      GAP,
    )
  }
${ENVIRONMENT}
Run 'cni tool <command> --help' for more about a command.
`;
}

/** The help of a command. */
export function commandHelp(entry: CommandEntry, command: ToolCommand): string {
  const { operands, flags, description } = command;
  const words = operands.map(({ name, summary }) => [name, summary] as const);
  const options = [...flags, HELP].map((flag) =>
    [letteredForm(flag), flag.summary] as const
  );
  return `${entry.summary}.

${description}

${usageOf(entry, command)}${helpRows(words, GAP)}
Flags:
${helpRows(options, GAP)}
${ENVIRONMENT}`;
}

/** The lines that say how a command is written. */
export function usageOf({ name }: CommandEntry, command: ToolCommand): string {
  const operands = command.operands.map(operandForm);
  return `Usage:\n  ${["cni tool", name, ...operands, "[flags]"].join(" ")}\n`;
}

function operandForm({ name, repeats }: Operand): string {
  return `<${name}>${repeats ? "…" : ""}`;
}

function letteredForm(flag: Flag): string {
  const letter = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `${letter}${flagForm(flag)}`;
}
