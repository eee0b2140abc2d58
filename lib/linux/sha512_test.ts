import { assertEquals } from "@std/assert";
import { sha512Hex } from "./sha512.ts";

Deno.test("sha512Hex() is the digest of FIPS 180-4", async () => {
  assertEquals(
    await sha512Hex("abc"),
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  );
});

Deno.test("sha512Hex() digests UTF-8", async () => {
  const digests = await Promise.all(["", "é"].map(sha512Hex));
  assertEquals(digests.map((digest) => digest.slice(0, 8)), [
    "cf83e135",
    "9e2ad286",
  ]);
});
