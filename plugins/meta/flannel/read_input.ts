import { checkPluginName } from "../../../lib/invoke/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { confinePath, hostFilePath } from "../../../lib/state/mod.ts";
import {
  type FlannelConfig,
  parseDataDir,
  parseFlannelConfig,
} from "./config.ts";
import { platformFor } from "./platform.ts";

/**
 * Reads and checks what an ADD is told, without a look at any file's content.
 *
 * @throws {CniError} Code 7.
 */
export function readInput({ config }: Request): FlannelConfig {
  const parsed = parseFlannelConfig(config);
  platformFor(Deno.build.os).check(parsed);
  hostFilePath(parsed.subnetFile, { key: "subnetFile" });
  const { path, key } = parseDataDir(config.fields);
  confinePath(path, { key });
  const { type } = parsed.delegate;
  if (typeof type === "string") orDelegateError(() => checkPluginName(type));
  return parsed;
}

/** Runs `act`; its errors say that they are about the delegate. */
export function orDelegateError(act: () => unknown): void {
  try {
    act();
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const message = `failed to delegate add: ${cause.message}`;
    const details = `in delegate: ${cause.details}`;
    throw new CniError(cause.code, message, { details, cause });
  }
}
