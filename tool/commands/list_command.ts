import {
  formatTable,
  jsonText,
  printable,
  styleFor,
  type Words,
} from "../../terminal/mod.ts";
import { listNetworks } from "../list_networks.ts";
import { JSON_FLAG } from "../print_plans.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import {
  interruptible,
  openRuntime,
  readPlaces,
  TIMEOUT,
} from "../tool_runtime.ts";

/** `cni tool list`. */
export const listCommand: ToolCommand = {
  operands: [],
  flags: [JSON_FLAG, TIMEOUT],
  description:
    `Reads all files of the folder in the order in which networks are looked for,
and looks for their plugins.`,
  run: list,
};

const SECTIONS = [["Problems", "problems"], ["Warnings", "warnings"]] as const;

async function list(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const { configFolder } = readPlaces(context);
  const runtime = openRuntime(context);
  const listed = await interruptible(
    words,
    context,
    (options) => listNetworks(configFolder, runtime, options),
  );
  if (words.has(JSON_FLAG.name)) {
    const networks = listed.map(({ chain: _, ...rest }) => rest);
    const report = { command: "list", folder: configFolder, networks };
    process.writeStdout(`${jsonText(report)}\n`);
    return 0;
  }
  if (listed.length === 0) {
    process.writeStderr(
      `There are no networks in ${configFolder}: expected files that end in ` +
        ".conflist, .conf or .json (NETCONFPATH names another folder)\n",
    );
    return 0;
  }
  const style = styleFor(process);
  const rows = listed.map(({ name, version, chain, file }) => [
    ...[name, version, chain, file.slice(file.lastIndexOf("/") + 1)],
  ]);
  const head = ["NETWORK", "VERSION", "PLUGINS", "FILE"];
  process.writeStdout(formatTable(head, rows, style));
  for (const [title, kind] of SECTIONS) {
    const lines = listed.flatMap((one) =>
      one[kind].map((text) =>
        `${style.yellow(printable(one.file))}: ${printable(text)}\n`
      )
    );
    if (lines.length === 0) continue;
    process.writeStdout(`\n${style.bold(title)}\n${lines.join("")}`);
  }
  return 0;
}
