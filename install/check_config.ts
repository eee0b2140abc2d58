import { readNetwork } from "../lib/runtime/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import {
  readFurther,
  readNamedBytes,
  type TerminalProcess,
} from "../terminal/mod.ts";
import type { Places } from "./places.ts";

/**
 * Checks the configuration that is to be installed.
 *
 * @throws {CniError} If some runtime could not read it where it will be.
 */
export async function checkConfig(
  { conf, confDir }: Pick<Places, "conf" | "confDir">,
  process: TerminalProcess,
): Promise<void> {
  const content = await readNamedBytes(conf, process);
  const place = `${confDir}/${conf.slice(conf.lastIndexOf("/") + 1)}`;
  const further = await readFurther({ file: place, content }, process);
  const { warnings } = readNetwork({ file: conf, content }, further);
  const [first] = warnings;
  if (first === undefined) return;
  const { file, message, line, column } = first;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `file ${file}: line ${line}, column ${column}`,
  });
}
