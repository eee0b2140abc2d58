import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { requireAddressesIfOld } from "./ipam_key.ts";
import { requestWith } from "./testing/mod.ts";

Deno.test("requireAddressesIfOld() needs an IPAM plugin before version 0.3.0", () => {
  const require = (cniVersion: string, ipamType?: string) =>
    requireAddressesIfOld(requestWith({ cniVersion }).config, ipamType);
  for (const version of ["0.1.0", "0.2.0"]) {
    const error = assertThrows(() => require(version), CniError);
    assertEquals(error.code, CniCode.IncompatibleVersion);
    require(version, "host-local");
  }
  for (const version of ["0.3.0", "0.4.0", "1.1.0"]) require(version);
});
