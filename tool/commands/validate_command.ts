import {
  jsonText,
  printable,
  readNamedNetwork,
  styleFor,
  UsageError,
  type Words,
} from "../../terminal/mod.ts";
import { JSON_FLAG } from "../print_plans.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { placeOf } from "../validate/finding.ts";
import { formatFinding } from "../validate/format_finding.ts";
import { type Validated, validateFiles } from "../validate/validate_files.ts";

/** `cni tool validate`. */
export const validateCommand: ToolCommand = {
  operands: [{
    name: "file",
    completes: "file",
    repeats: true,
    summary: "a configuration, - for stdin",
  }],
  flags: [JSON_FLAG],
  description:
    `Reports each fault with its line and column. Unknown keys are warnings;
keys of plugins that are not part of this program are not checked. The exit
status is 1 if there is an error. Editors do the same with
schema/cni.schema.json.`,
  run: validate,
};

async function validate(words: Words, context: ToolContext): Promise<number> {
  const { process, allPlugins = new Map() } = context;
  if (words.operands.length === 0) throw new UsageError("missing: a file");
  const validated: Validated[] = [];
  for (const file of words.operands) {
    const files = await readNamedNetwork(file, process);
    validated.push(...await validateFiles(files, allPlugins));
  }
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${jsonText({ command: "validate", files: validated.map(toJson) })}\n`
      : validated.map((one) => toText(one, context)).join(""),
  );
  const all = validated.flatMap(({ findings }) => findings);
  return all.some(({ severity }) => severity === "error") ? 1 : 0;
}

function toJson({ file, text, findings }: Validated) {
  return {
    file,
    findings: findings.map(({ severity, message, start }) => ({
      severity,
      message,
      ...placeOf(text, start),
    })),
  };
}

function toText(
  { file, text, findings }: Validated,
  { process }: ToolContext,
): string {
  const style = styleFor(process);
  if (findings.length === 0) {
    return `${printable(file)}: ${style.green("valid")}\n`;
  }
  return findings.map((one) => formatFinding(file, text, one, style)).join("");
}
