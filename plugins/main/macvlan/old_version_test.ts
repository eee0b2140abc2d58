import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseMacvlanConfig } from "./config.ts";

Deno.test("parseMacvlanConfig() needs an IPAM plugin before version 0.3.0", () => {
  const keys = { cniVersion: "0.2.0", master: "up0" };
  const act = () => parseMacvlanConfig(requestWith(keys));
  const error = assertThrows(act, CniError);
  assertEquals(error.code, CniCode.IncompatibleVersion);
  const ipam = { type: "host-local" };
  const { ipamType } = parseMacvlanConfig(requestWith({ ...keys, ipam }));
  assertEquals(ipamType, "host-local");
});
