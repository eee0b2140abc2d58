import { assertEquals } from "@std/assert";
import type { Executor } from "../../shared/chained/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { addPortmap } from "./add_linux.ts";

/** Maps ports to a container that has no address. */
async function warningsOf(portMappings: readonly Record<string, unknown>[]) {
  const warnings: string[] = [];
  // Nothing else is asked of it where there is nothing to map.
  const executor = {
    warn: (text: string) => void warnings.push(text),
  } as unknown as Executor;
  const prevResult = {
    cniVersion: "1.1.0",
    interfaces: [{ name: "eth0", sandbox: "/run/netns/c1" }],
  };
  const runtimeConfig = {
    portMappings: JSON.parse(JSON.stringify(portMappings)),
  };
  const request = requestWith({ prevResult, runtimeConfig });
  const result = await addPortmap(request, executor);
  assertEquals(result.interfaces, prevResult.interfaces);
  return warnings;
}

Deno.test("addPortmap() warns of ports for which the container has no address", async () => {
  const port = { hostPort: 8080, containerPort: 80, protocol: "tcp" };
  assertEquals(await warningsOf([]), []);
  const warnings = await warningsOf([
    { ...port, hostIP: "fd00::1" },
    { ...port, hostPort: 8081, hostIP: "0.0.0.0" },
  ]);
  assertEquals(warnings.length, 1);
  const ports = ["[fd00::1]:8080/tcp", "0.0.0.0:8081/tcp"];
  assertEquals(ports.every((one) => warnings[0]!.includes(one)), true);
});
