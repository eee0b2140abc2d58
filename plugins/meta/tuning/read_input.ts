import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { confinePath } from "../../../lib/state/mod.ts";
import { requireAllowed } from "./allow_list.ts";
import {
  parseTuningConfig,
  requirePrevResult,
  type TuningConfig,
} from "./config.ts";
import { parseDataDir } from "./state.ts";

/** The input of an ADD, checked. */
export interface TuningInput {
  readonly config: TuningConfig;
  /** The result of the plugins before this one. */
  readonly before: Result;
}

/**
 * Reads the input of an ADD, and checks it before anything is looked at.
 *
 * @throws {CniError} Code 7, or 4 for `CNI_ARGS`; code 5 if the
 * administrator's list cannot be read.
 */
export function readInput(request: Request): TuningInput {
  const config = parseTuningConfig(request);
  requireAllowed(config.sysctls);
  confinePath(parseDataDir(request.config.fields), { key: "dataDir" });
  return { config, before: requirePrevResult(request) };
}
