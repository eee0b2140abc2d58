import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { nextHopOf, requireAddresses } from "./addresses.ts";

Deno.test("requireAddresses() gives all addresses to one interface", () => {
  const ips = [{ address: "10.0.0.2/24", interface: 9 }, {
    address: "fd00::2/64",
  }];
  assertEquals(requireAddresses({ ips }, "x", 1), {
    ips: ips.map((ip) => ({ ...ip, interface: 1 })),
    routes: [],
  });
});

Deno.test("requireAddresses() refuses a result without addresses", () => {
  const error = assertThrows(() => requireAddresses({}, "x", 1), CniError);
  assertEquals(error.code, CniCode.Internal);
});

Deno.test("nextHopOf() takes a route's own, else the first gateway of its family", () => {
  const ips = [
    { address: "10.0.0.2/24" },
    { address: "fd00::2/64", gateway: "fd00::1" },
    { address: "10.0.1.2/24", gateway: "10.0.1.1" },
    { address: "10.0.2.2/24", gateway: "10.0.2.1" },
  ];
  assertEquals(
    nextHopOf({ dst: "10.9.0.0/16", gw: "10.0.0.9" }, ips),
    "10.0.0.9",
  );
  assertEquals(nextHopOf({ dst: "10.9.0.0/16" }, ips), "10.0.1.1");
  assertEquals(nextHopOf({ dst: "::/0" }, ips), "fd00::1");
  assertEquals(nextHopOf({ dst: "::/0" }, ips.slice(2)), undefined);
});
