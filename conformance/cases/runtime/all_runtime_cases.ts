import type { RuntimeCase } from "../../runtime/mod.ts";
import { FAILURE_CASES } from "./failure_cases.ts";
import { FILE_CASES } from "./file_cases.ts";
import { GATE_CASES } from "./gate_cases.ts";
import { ORDER_CASES } from "./order_cases.ts";
import { PARAMETER_CASES } from "./parameter_cases.ts";
import { REQUEST_CASES } from "./request_cases.ts";
import { RESULT_CASES } from "./result_cases.ts";

/** Every case for runtimes, in the order of a report. */
export const RUNTIME_CASES: readonly RuntimeCase[] = [
  ...ORDER_CASES,
  ...PARAMETER_CASES,
  ...REQUEST_CASES,
  ...RESULT_CASES,
  ...FAILURE_CASES,
  ...GATE_CASES,
  ...FILE_CASES,
];
