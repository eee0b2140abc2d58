import { assertEquals } from "@std/assert";
import { UndoStack } from "../../lib/linux/mod.ts";
import type { Context } from "../../lib/plugin/mod.ts";
import { allocateAddresses, ipamTypeOf } from "./ipam.ts";
import { requestWith } from "./testing/mod.ts";

const RESULT = { ips: [{ address: "10.0.0.2/24" }] };

/** A context that remembers what it was asked to delegate. */
function contextOf(calls: string[]): Context {
  return {
    delegate: (type, { command }) => {
      calls.push(`${type} ${command}`);
      return Promise.resolve(RESULT);
    },
    preload: () => {},
    isForeign: () => false,
    warn: () => {},
  };
}

Deno.test("ipamTypeOf() reads the type alone", () => {
  const { fields } = requestWith({ IPAM: { Type: "x", subnet: 5 } }).config;
  assertEquals(ipamTypeOf(fields), "x");
});

Deno.test("allocateAddresses() is undone by DEL", async () => {
  const calls: string[] = [];
  const undo = new UndoStack();
  const options = { context: contextOf(calls), undo };
  const result = await allocateAddresses(requestWith(), "static", options);
  assertEquals(result, RESULT);
  assertEquals(calls, ["static ADD"]);
  assertEquals(await undo.unwind(), []);
  assertEquals(calls, ["static ADD", "static DEL"]);
});

Deno.test("allocateAddresses() calls nobody without an IPAM plugin", async () => {
  const calls: string[] = [];
  const undo = new UndoStack();
  const options = { context: contextOf(calls), undo };
  const result = await allocateAddresses(requestWith(), undefined, options);
  assertEquals(result, undefined);
  assertEquals(await undo.unwind(), []);
  assertEquals(calls, []);
});
