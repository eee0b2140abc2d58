import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseTapConfig } from "./config.ts";

Deno.test("parseTapConfig() needs an IPAM plugin before version 0.3.0", () => {
  const keys = { cniVersion: "0.2.0" };
  const act = () => parseTapConfig(requestWith(keys));
  const error = assertThrows(act, CniError);
  assertEquals(error.code, CniCode.IncompatibleVersion);
  const ipam = { type: "host-local" };
  const { ipamType } = parseTapConfig(requestWith({ ...keys, ipam }));
  assertEquals(ipamType, "host-local");
});
