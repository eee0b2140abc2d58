import { assertEquals } from "@std/assert";
import { isGlobalUnicast, isMulticast } from "./address_scope.ts";
import { parseAddress } from "./parse_address.ts";

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  global: [
    "0.0.0.1",
    "10.0.0.1",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "223.255.255.255",
    "240.0.0.0",
    "255.255.255.254",
    "::2",
    "2001:db8::1",
    "fd00::1",
    "fe7f::1",
    "fec0::1",
  ],
  multicast: ["224.0.0.0", "239.255.255.255", "ff00::", "ff02::1"],
  other: [
    "0.0.0.0",
    "127.0.0.0",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.255.255",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::",
    "febf:ffff::1",
  ],
};

Deno.test("isGlobalUnicast() and isMulticast() tell scopes apart", () => {
  for (const [scope, texts] of Object.entries(SCOPES)) {
    for (const text of texts) {
      const address = parseAddress(text);
      assertEquals(isGlobalUnicast(address), scope === "global", text);
      assertEquals(isMulticast(address), scope === "multicast", text);
    }
  }
});
