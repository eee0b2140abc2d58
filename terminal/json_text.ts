import { formatJson, type Json } from "../lib/spec/mod.ts";
import { printable } from "./printable.ts";

/** JSON for a terminal or a program, with every steering character escaped. */
export function jsonText(value: Json): string {
  return printable(formatJson(value));
}
