import { assertEquals } from "@std/assert";
import { Metrics } from "./metrics.ts";

Deno.test("Metrics counts calls of unknown commands together", () => {
  const metrics = new Metrics();
  const call = { plugin: "bridge", code: 4, durationMs: 1 };
  for (const command of ["ADD", "add", "", 'X"} 1\n', "DEL"]) {
    metrics.record({ ...call, command });
  }
  assertEquals(
    metrics.summary().calls.map(({ command, count }) => [command, count]),
    [["ADD", 1], ["other", 3], ["DEL", 1]],
  );
});
