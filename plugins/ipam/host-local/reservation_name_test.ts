import { assertEquals } from "@std/assert";
import { parseAddress } from "../../../lib/net/mod.ts";
import { addressOfReservation, reservationName } from "./reservation_name.ts";

Deno.test("reservationName() and back, on each system", () => {
  const names = {
    "10.0.0.2": ["10.0.0.2", "10.0.0.2"],
    "fd00::2": ["fd00::2", "fd00__2"],
    "2001:db8::1:0": ["2001:db8::1:0", "2001_db8__1_0"],
  } as const;
  for (const [text, [onLinux, onWindows]] of Object.entries(names)) {
    const address = parseAddress(text);
    assertEquals(reservationName(address, "linux"), onLinux);
    assertEquals(reservationName(address, "windows"), onWindows);
    assertEquals(addressOfReservation(onLinux, "linux"), address);
    assertEquals(addressOfReservation(onWindows, "windows"), address);
  }
});

Deno.test("addressOfReservation() takes no other text of an address", () => {
  assertEquals(addressOfReservation("fd00__2", "linux"), undefined);
  assertEquals(addressOfReservation("fd00:0::2", "linux"), undefined);
  assertEquals(addressOfReservation("fd00::2", "windows"), undefined);
  assertEquals(addressOfReservation("FD00__2", "windows"), undefined);
  assertEquals(addressOfReservation("lock", "windows"), undefined);
});
