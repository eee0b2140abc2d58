import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { linkOf } from "../../shared/testing/mod.ts";
import { compareHostDevice } from "./compare_linux.ts";

Deno.test("compareHostDevice() needs the device's name in the host", () => {
  const raw = { ifname: "net1" };
  compareHostDevice({ link: linkOf({ ...raw, ifalias: "eth3" }) });
  for (const ifalias of ["", "no name", "x".repeat(16)]) {
    const link = linkOf({ ...raw, ifalias });
    const error = assertThrows(() => compareHostDevice({ link }), CniError);
    assertEquals(error.code, CniCode.Internal);
  }
});
