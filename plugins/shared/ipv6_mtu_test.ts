import { assertEquals, assertThrows } from "@std/assert";
import { CniError, type Json } from "../../lib/spec/mod.ts";
import { refuseSmallMtu, refuseSmallMtuFor } from "./ipv6_mtu.ts";
import { requestWith } from "./testing/mod.ts";

/** Where a request asks for IPv6. */
const IPV6: Record<string, Readonly<Record<string, Json>>> = {
  "a range": { ipam: { ranges: [[{ subnet: "fd00::/64" }]] } },
  "beside IPv4": {
    ipam: { ranges: [[{ subnet: "10.0.0.0/24" }], [{ subnet: "fd00::/64" }]] },
  },
  "the old key, of another case": { ipam: { Subnet: "fd00::/64" } },
  "static": { ipam: { addresses: [{ address: "fd00::2/64" }] } },
  "the runtime's ranges": {
    runtimeConfig: { ipRanges: [[{ subnet: "fd00::/64" }]] },
  },
  "the runtime's addresses": { runtimeConfig: { ips: ["fd00::2/64"] } },
  "args": { args: { cni: { ips: ["fd00::2"] } } },
};

Deno.test("refuseSmallMtu() finds IPv6 wherever it is asked for", async (t) => {
  for (const [why, keys] of Object.entries(IPV6)) {
    await t.step(why, () => {
      const request = requestWith(keys);
      const error = assertThrows(() => refuseSmallMtu(request, 1279), CniError);
      assertEquals(error.code, 7);
      assertEquals(/mtu is 1279.*fd00::/.test(String(error.details)), true);
      refuseSmallMtu(request, 1280);
      refuseSmallMtu(request, 0);
    });
  }
});

Deno.test("refuseSmallMtu() lets IPv4 have any MTU", () => {
  refuseSmallMtu(requestWith({ ipam: { subnet: "10.0.0.0/24" } }), 68);
  const mapped = { ipam: { addresses: [{ address: "::ffff:10.0.0.2/120" }] } };
  refuseSmallMtu(requestWith(mapped), 68);
});

Deno.test("refuseSmallMtuFor() looks at what was given", () => {
  refuseSmallMtuFor(["10.0.0.2/24"], 68);
  refuseSmallMtuFor(["10.0.0.2/24", "fd00::2/64"], 1280);
  assertThrows(() => refuseSmallMtuFor(["fd00::2/64"], 1000), CniError, "mtu");
});
