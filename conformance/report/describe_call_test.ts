import { assertEquals } from "@std/assert";
import { aCall } from "./_testing.ts";
import { describeCall } from "./describe_call.ts";

Deno.test("describeCall() writes what can be typed again", () => {
  const env = { CNI_COMMAND: "ADD", CNI_ARGS: "a b'c", PATH: "/bin" };
  assertEquals(
    describeCall(aCall({ env })).command,
    `CNI_COMMAND=ADD CNI_ARGS='a b'\\''c' /opt/cni/bin/bridge`,
  );
});

Deno.test("describeCall() tells how a call ended", () => {
  assertEquals(describeCall(aCall({ status: 1 })).ending, "status 1");
  assertEquals(
    describeCall(aCall({ status: 139 })).ending,
    "status 139 (signal 11)",
  );
  assertEquals(
    describeCall(aCall({ timedOut: true, timeMs: 10_000 })).ending,
    "ended after 10.0 s, for it took too long",
  );
});

Deno.test("describeCall() takes a status above 128 for a signal", () => {
  const endingOf = (status: number) => describeCall(aCall({ status })).ending;
  assertEquals([127, 128, 129].map(endingOf), [
    ...["status 127", "status 128", "status 129 (signal 1)"],
  ]);
});
