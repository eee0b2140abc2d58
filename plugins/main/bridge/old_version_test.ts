import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseBridgeConfig } from "./config.ts";

Deno.test("parseBridgeConfig() needs an IPAM plugin before version 0.3.0", () => {
  const keys = { cniVersion: "0.2.0" };
  const act = () => parseBridgeConfig(requestWith(keys));
  const error = assertThrows(act, CniError);
  assertEquals(error.code, CniCode.IncompatibleVersion);
  const ipam = { type: "host-local" };
  const { ipamType } = parseBridgeConfig(requestWith({ ...keys, ipam }));
  assertEquals(ipamType, "host-local");
});
