import { errorFromJson } from "../spec/mod.ts";
import type { Reply } from "./call.ts";
import type { Environment } from "./dispatch.ts";

/**
 * Undoes an ADD whose result could not be written, as it is known to no one.
 *
 * @param environment What the ADD was called with.
 * @param del Makes the call.
 * @returns What a person is to be told on stderr; empty if it went well.
 */
export async function takeBack(
  environment: Environment,
  del: (environment: Environment) => Promise<Reply>,
): Promise<string> {
  const { status, stdout, stderr } = await del({
    ...environment,
    command: "DEL",
  });
  if (status === 0) return stderr;
  const error = errorFromJson(JSON.parse(stdout));
  return `${stderr}Cannot take the ADD back: ${error}\n`;
}
