import {
  formatTable,
  styleFor,
  type TerminalProcess,
} from "../../terminal/mod.ts";
import type { ListedCase } from "./read_request.ts";

/** A table of cases. */
export function listCases(
  cases: readonly ListedCase[],
  process: TerminalProcess,
): string {
  const rows = cases.map((
    { id, clause: { level, requirement } },
  ) => [id, level, requirement]);
  return formatTable(["CASE", "LEVEL", "REQUIREMENT"], rows, styleFor(process));
}
