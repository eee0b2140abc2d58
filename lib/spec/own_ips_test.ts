import { assertEquals } from "@std/assert";
import { interfaceOf, ipsOf } from "./own_ips.ts";
import type { Interface } from "./result.ts";

const HOST = { name: "eth0" };
const OWN = { name: "eth0", sandbox: "/run/netns/a" };
const OTHER = { name: "eth1", sandbox: "/run/netns/a" };

Deno.test("ipsOf() finds the addresses of the container's interface", async (t) => {
  const all = [HOST, OWN, OTHER];
  const cases: Record<
    string,
    readonly [readonly Interface[], number | undefined, boolean]
  > = {
    "no index": [all, undefined, true],
    "its own": [all, 1, true],
    "the host's of the same name": [all, 0, false],
    "another's in the container": [all, 2, false],
    "an index past the end": [all, 3, true],
    "a negative index": [all, -1, true],
    "an index without interfaces": [[], 0, true],
    "no sandbox is told of any": [[HOST], 0, true],
    "no sandbox is told, of another": [[{ name: "br0" }], 0, false],
  };
  for (const [why, [interfaces, index, isOwn]] of Object.entries(cases)) {
    await t.step(why, () => {
      const ip = {
        address: "10.0.0.2/24",
        ...(index === undefined ? {} : { interface: index }),
      };
      const result = { interfaces, ips: [ip] };
      assertEquals(ipsOf(result, "eth0"), isOwn ? [ip] : []);
    });
  }
});

Deno.test("interfaceOf() takes an index out of range for none", () => {
  const at = (index: number) =>
    interfaceOf({ address: "10.0.0.2/24", interface: index }, {
      interfaces: [OWN],
    });
  assertEquals([at(0), at(1), at(-1)], [OWN, undefined, undefined]);
});
