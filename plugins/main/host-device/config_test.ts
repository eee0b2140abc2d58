import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseHostDeviceConfig } from "./config.ts";

Deno.test("parseHostDeviceConfig() needs an IPAM plugin before version 0.3.0", () => {
  const keys = { cniVersion: "0.2.0", device: "d0" };
  const error = assertThrows(
    () => parseHostDeviceConfig(requestWith(keys)),
    CniError,
  );
  assertEquals(error.code, CniCode.IncompatibleVersion);
  const ipam = { type: "host-local" };
  const { ipamType } = parseHostDeviceConfig(requestWith({ ...keys, ipam }));
  assertEquals(ipamType, "host-local");
});
