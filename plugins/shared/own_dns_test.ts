import { assertEquals } from "@std/assert";
import type { Json } from "../../lib/spec/mod.ts";
import { ownDnsKey } from "./own_dns.ts";

Deno.test("ownDnsKey() replaces IPAM's as a whole, if it says anything", () => {
  const read = (value: Json) => ownDnsKey().read(value, "dns");
  assertEquals([{}, { domain: null }].map(read), [undefined, undefined]);
  assertEquals(read({ nameservers: ["10.0.0.1"] }), {
    nameservers: ["10.0.0.1"],
  });
  assertEquals(read({ search: ["a.example"], domain: "example" }), {
    search: ["a.example"],
    domain: "example",
  });
  // An empty list says something.
  assertEquals(read({ nameservers: [] }) === undefined, false);
});
