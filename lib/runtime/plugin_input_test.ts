import { assertEquals } from "@std/assert";
import { parseNetworkConfig } from "./parse_network_config.ts";
import { attachmentInput, gcInput, statusInput } from "./plugin_input.ts";

const network = parseNetworkConfig(JSON.stringify({
  cniVersion: "1.1.0",
  name: "net1",
  plugins: [
    { type: "plain", name: "own", z: "<", a: { d: 1, c: 2 } },
    {
      type: "capable",
      capabilities: { portMappings: true, mac: false },
      prevResult: { old: 1 },
      runtimeConfig: { old: 1 },
    },
  ],
}));
const [plain, capable] = network.plugins as [
  typeof network.plugins[0] & object,
  typeof network.plugins[0] & object,
];

Deno.test("attachmentInput() writes sorted, compact JSON", () => {
  assertEquals(
    attachmentInput(network, plain, {
      prevResult: { cniVersion: "1.1.0" },
      capabilityArgs: { portMappings: [] },
    }),
    '{"a":{"c":2,"d":1},"cniVersion":"1.1.0","name":"net1",' +
      '"prevResult":{"cniVersion":"1.1.0"},"type":"plain","z":"\\u003c"}',
  );
});

Deno.test("attachmentInput() passes only the capabilities declared", () => {
  const capabilityArgs = { portMappings: [{ hostPort: 80 }], mac: "x" };
  const input = attachmentInput(network, capable, { capabilityArgs });
  const { runtimeConfig, prevResult } = JSON.parse(input);
  assertEquals(runtimeConfig, { portMappings: [{ hostPort: 80 }] });
  assertEquals(prevResult, { old: 1 });
  const none = JSON.parse(attachmentInput(network, capable, {}));
  assertEquals(none.runtimeConfig, { old: 1 });
  assertEquals("capabilities" in none, false);
});

Deno.test("statusInput() adds name and version, and nothing else", () => {
  assertEquals(
    statusInput(network, plain),
    '{"a":{"c":2,"d":1},"cniVersion":"1.1.0","name":"net1","type":"plain",' +
      '"z":"\\u003c"}',
  );
});

Deno.test("gcInput() names the valid attachments, be there none", () => {
  const valid = [{ containerId: "c1", ifname: "eth0" }];
  const input = JSON.parse(gcInput(network, plain, valid));
  const expected = [{ containerID: "c1", ifname: "eth0" }];
  assertEquals(input["cni.dev/valid-attachments"], expected);
  assertEquals(input["cni.dev/attachments"], expected);
  const empty = JSON.parse(gcInput(network, plain, []));
  assertEquals(empty["cni.dev/valid-attachments"], []);
});
