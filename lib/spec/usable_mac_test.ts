import { assertEquals, assertThrows } from "@std/assert";
import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { Fields } from "./fields.ts";
import { usableMacAt } from "./usable_mac.ts";

Deno.test("usableMacAt() reads what an interface can have", () => {
  const fields = new Fields({ mac: "02-00-00-00-00-0A", empty: "" });
  assertEquals(usableMacAt(fields, "MAC"), "02:00:00:00:00:0a");
  assertEquals(usableMacAt(fields, "empty"), undefined);
  assertEquals(usableMacAt(fields, "other"), undefined);
});

Deno.test("usableMacAt() refuses what no interface can have", async (t) => {
  const cases = {
    "no address": "eth0",
    "eight octets": "02:00:00:00:00:00:00:01",
    "multicast": "01:00:5e:00:00:01",
    "all zeros": "00:00:00:00:00:00",
    "a number": 5,
  };
  for (const [why, mac] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => usableMacAt(new Fields({ mac }), "mac"),
        CniError,
      );
      assertEquals(error.code, CniCode.InvalidConfig);
    });
  }
});
