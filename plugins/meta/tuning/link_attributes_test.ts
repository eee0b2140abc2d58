import { assertEquals, assertThrows } from "@std/assert";
import {
  attributeSteps,
  findDeviation,
  formatSaved,
  originalsOf,
  parseLinkAttributes,
  parseSaved,
  restoreLines,
} from "./link_attributes.ts";

const NOW = {
  mac: "02:00:00:00:00:01",
  promisc: false,
  mtu: 1500,
  allmulti: false,
  txQLen: 1000,
};
const WANTED = {
  mac: "02:00:00:00:00:02",
  promisc: true,
  mtu: 1400,
  allmulti: true,
  txQLen: 0,
};

Deno.test("parseLinkAttributes() reads what ip prints", () => {
  const link = { address: NOW.mac, mtu: 1500, flags: ["UP"], txqlen: 1000 };
  assertEquals(parseLinkAttributes(JSON.stringify([link])), NOW);
  const flags = ["UP", "ALLMULTI", "PROMISC"];
  const other = { ...link, flags, promiscuity: 1, txqlen: undefined };
  assertEquals(parseLinkAttributes(JSON.stringify([other])), {
    ...NOW,
    promisc: true,
    allmulti: true,
    txQLen: 0,
  });
});

Deno.test("attributeSteps() sets what is wanted, and bears the way back", () => {
  const steps = attributeSteps("eth0", WANTED, NOW);
  assertEquals(steps.map(({ words }) => words.join(" ")), [
    "link set dev eth0 address 02:00:00:00:00:02",
    "link set dev eth0 promisc on",
    "link set dev eth0 mtu 1400",
    "link set dev eth0 allmulticast on",
    "link set dev eth0 txqueuelen 0",
  ]);
  assertEquals(steps.map(({ undo }) => undo?.slice(4).join(" ")), [
    "address 02:00:00:00:00:01",
    "promisc off",
    "mtu 1500",
    "allmulticast off",
    "txqueuelen 1000",
  ]);
  const some = attributeSteps("eth0", { allmulti: false });
  assertEquals(some.map(({ words }) => words.slice(4)), [
    ["allmulticast", "off"],
  ]);
});

Deno.test("restoreLines() puts back what was saved, and no more", () => {
  assertEquals(restoreLines("eth0", {}), []);
  const lines = restoreLines("eth0", NOW).map((words) => words.join(" "));
  assertEquals(lines, [
    "link set dev eth0 mtu 1500",
    "link set dev eth0 address 02:00:00:00:00:01",
    "link set dev eth0 promisc off",
    "link set dev eth0 allmulticast off",
    "link set dev eth0 txqueuelen 1000",
  ]);
});

Deno.test("originalsOf() keeps what an earlier ADD has saved", async (t) => {
  await t.step("the first ADD", () => {
    const wanted = { mac: WANTED.mac, mtu: 1400 };
    const originals = { mac: NOW.mac, mtu: 1500 };
    assertEquals(originalsOf(wanted, NOW, {}), originals);
  });
  await t.step("a second ADD", () => {
    assertEquals(originalsOf(WANTED, WANTED, NOW), NOW);
  });
  await t.step("a second ADD after one that got half way", () => {
    const now = { ...NOW, mac: WANTED.mac };
    assertEquals(originalsOf(WANTED, now, NOW), NOW);
  });
  await t.step("a file left over from an interface that is gone", () => {
    const other = { ...NOW, mac: "02:00:00:00:00:09", mtu: 1450 };
    assertEquals(originalsOf({ mac: WANTED.mac, mtu: 1400 }, other, NOW), {
      mac: other.mac,
      mtu: 1450,
    });
  });
});

Deno.test("findDeviation() compares what is wanted", () => {
  assertEquals(findDeviation({}, NOW), undefined);
  assertEquals(findDeviation({ mtu: 1500, allmulti: false }, NOW), undefined);
  assertEquals(findDeviation({ mtu: 1500, txQLen: 0 }, NOW), "txQLen");
});

Deno.test("formatSaved() writes the reference's text, which parseSaved() reads", () => {
  // The order of the keys is that of the file, whatever that of the object.
  const { mtu, ...rest } = NOW;
  const text = formatSaved({ mtu, ...rest });
  assertEquals(
    text,
    '{\n "mac": "02:00:00:00:00:01",\n "promisc": false,\n "mtu": 1500,\n' +
      ' "allmulti": false,\n "txQLen": 1000\n}',
  );
  assertEquals(parseSaved(text), NOW);
  assertEquals(parseSaved(formatSaved({ mtu })), { mtu });
});

Deno.test("parseSaved() refuses what it did not write", () => {
  const texts = ["", "[]", '{"mac": "x"}', '{"mtu": "1"}', '{"promisc": 1}'];
  for (const text of texts) assertThrows(() => parseSaved(text));
});
