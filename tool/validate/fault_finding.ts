import { syntaxFaultOf } from "../../lib/runtime/mod.ts";
import type { CniError } from "../../lib/spec/mod.ts";
import { type Finding, offsetOf } from "./finding.ts";

/**
 * Why a runtime cannot load a text, at the place of a fault of syntax.
 *
 * @param start Where anything else is shown.
 */
export function faultFinding(
  text: string,
  fault: CniError,
  start = 0,
): Finding {
  const syntax = syntaxFaultOf(fault);
  const at = syntax === undefined ? start : offsetOf(text, syntax);
  const message = syntax?.reason ?? String(fault);
  return { severity: "error", message, start: at, end: at + 1 };
}
