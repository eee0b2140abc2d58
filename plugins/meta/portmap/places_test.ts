import { assertEquals } from "@std/assert";
import { formatAddress } from "../../../lib/net/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { mapping, requestWith } from "./_testing.ts";
import { expectedPlaces, knownAddresses } from "./places.ts";

const PREV_RESULT = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.77.0.2/24" }],
};

Deno.test("expectedPlaces() are those of an ADD", async (t) => {
  const ports = [mapping(1, 1)];
  const cases: Record<
    string,
    readonly [JsonObject, readonly JsonObject[] | undefined, string]
  > = {
    "nowhere without mappings": [{}, undefined, ""],
    "nowhere with an empty list": [{}, [], ""],
    "of both families without prevResult": [{}, ports, "iptables4,iptables6"],
    "of the family that there is": [
      { prevResult: PREV_RESULT },
      ports,
      "iptables4 known",
    ],
    "by nft": [
      { prevResult: PREV_RESULT, backend: "nftables" },
      ports,
      "nftables4 known",
    ],
    "though mappings are bad": [
      { prevResult: PREV_RESULT },
      [mapping(0, 1)],
      "iptables4",
    ],
    "though all is bad": [
      { prevResult: 1, backend: 1, snat: "x" },
      [mapping(0, 1)],
      "iptables4,iptables6",
    ],
  };
  for (const [why, [keys, mappings, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const texts = expectedPlaces(requestWith(keys, mappings)).map((place) =>
        `${place.backend}${place.family}${place.forwarding ? " known" : ""}`
      );
      assertEquals(texts.join(","), expected);
    });
  }
  await t.step("not for what is no list", () => {
    for (const runtimeConfig of [1, null, { PORTMAPPINGS: 1 }]) {
      assertEquals(expectedPlaces(requestWith({ runtimeConfig })), []);
    }
  });
});

Deno.test("knownAddresses() are those of prevResult, if it can be read", () => {
  const known = (prevResult: JsonObject) =>
    knownAddresses(requestWith({ prevResult }))?.map(formatAddress);
  assertEquals(known(PREV_RESULT), ["10.77.0.2"]);
  assertEquals(known({ cniVersion: "1.1.0", ips: "x" }), undefined);
  assertEquals(known({ cniVersion: "1.1.0" }), undefined);
});
