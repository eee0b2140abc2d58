import {
  formatJsonLine,
  isJsonObject,
  type Json,
} from "../../../lib/spec/mod.ts";
import type { DelegateConfig } from "./delegate_base.ts";

/**
 * Writes a delegate's configuration, byte for byte as the reference does: on
 * one line, with the keys of every object in order. Routes alone keep the
 * order of theirs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = formatDelegate({ type: "bridge", name: "n1", mtu: 1450 });
 * assertEquals(text, '{"mtu":1450,"name":"n1","type":"bridge"}');
 * ```
 */
export function formatDelegate(config: DelegateConfig): string {
  return format(config, "");
}

function format(value: Json, path: string): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => format(item, `${path}[]`)).join(",")}]`;
  }
  if (!isJsonObject(value)) return formatJsonLine(value);
  const entries = Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined);
  if (path !== ".ipam.routes[]") entries.sort(([a], [b]) => a < b ? -1 : 1);
  const members = entries.map(([key, item]) =>
    `${formatJsonLine(key)}:${format(item, `${path}.${key}`)}`
  );
  return `{${members.join(",")}}`;
}
