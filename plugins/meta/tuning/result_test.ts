import { assertEquals } from "@std/assert";
import { tunedResult } from "./result.ts";

const WHERE = { ifname: "eth0" };
const MAC = "02:00:00:00:00:02";

Deno.test("tunedResult() tells what was changed, and where", () => {
  const sandbox = "/run/netns/c1";
  const result = {
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:05" },
      { name: "eth0", mac: "02:00:00:00:00:01", mtu: 1500, sandbox },
      { name: "eth1", mac: "02:00:00:00:00:06", mtu: 1500, sandbox },
      { name: "eth0", sandbox },
    ],
    ips: [{ address: "10.0.0.2/24", interface: 1 }],
  };
  assertEquals(tunedResult(result, WHERE, { mac: MAC, mtu: 1400 }), {
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:05" },
      { name: "eth0", mac: MAC, mtu: 1400, sandbox },
      { name: "eth1", mac: "02:00:00:00:00:06", mtu: 1500, sandbox },
      { name: "eth0", mac: MAC, sandbox },
    ],
    ips: [{ address: "10.0.0.2/24", interface: 1 }],
  });
  assertEquals(tunedResult(result, WHERE, { promisc: true }), result);
});

Deno.test("tunedResult() passes on a result without interfaces", () => {
  const result = { ips: [{ address: "10.0.0.2/24" }] };
  assertEquals(tunedResult(result, WHERE, { mac: MAC }), result);
});
