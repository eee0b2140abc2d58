/**
 * Cases for plugins that make the container's interface.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { casesFor } from "../shared/mod.ts";
import { ADDRESS_CASES } from "./address_cases.ts";
import { CHECK_CASES } from "./check_cases.ts";
import { CONTAINER_CASES } from "./container_cases.ts";
import { DEL_CASES } from "./del_cases.ts";
import { LINK_CASES } from "./link_cases.ts";
import { NAME_CASES } from "./name_cases.ts";
import { RESULT_CASES } from "./result_cases.ts";
import { SURROUNDINGS_CASES } from "./surroundings_cases.ts";

/** The family `interface`. */
export const INTERFACE_CASES: readonly Case[] = casesFor("interface", [
  ...LINK_CASES,
  ...RESULT_CASES,
  ...ADDRESS_CASES,
  ...NAME_CASES,
  ...CONTAINER_CASES,
  ...SURROUNDINGS_CASES,
  ...DEL_CASES,
  ...CHECK_CASES,
]);
