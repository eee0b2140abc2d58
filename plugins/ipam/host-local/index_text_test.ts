import { assertEquals } from "@std/assert";
import {
  EMPTY_HASHES,
  formatEntry,
  formatHead,
  hashOfShard,
  hashText,
  parseEntries,
  parseHead,
  SHARD_COUNT,
  shardOf,
} from "./index_text.ts";

Deno.test("parseEntries() finds what formatEntry() wrote, whatever it is", () => {
  const entries = [
    { containerId: "c1", file: "10.0.0.2", ifname: "eth0" },
    { containerId: "c1", file: "fd00::2" },
    { containerId: "c1", file: "10.0.0.3", ifname: 'eth"\n["c1","10.0.0.9"]' },
    { containerId: 'c"1', file: "10.0.0.4", ifname: "" },
    { containerId: "c11", file: "10.0.0.5", ifname: "eth0" },
    { containerId: "", file: "10.0.0.6" },
  ];
  const text = entries.map(formatEntry).join("");
  assertEquals(parseEntries(text, "c1"), entries.slice(0, 3));
  assertEquals(parseEntries(text, 'c"1'), entries.slice(3, 4));
  assertEquals(parseEntries(text, "1"), []);
  assertEquals(parseEntries("", "c1"), []);
});

Deno.test("parseHead() takes back what formatHead() wrote, and nothing else", () => {
  const head = { stampMs: 1795487341461, hashes: EMPTY_HASHES };
  const text = formatHead(head);
  assertEquals(parseHead(text), head);
  const damaged = {
    "empty": "",
    "cut short": text.slice(0, -1),
    "longer": `${text}\n`,
    "other stamp": text.replace("1795487341461", "1795487341462"),
    "other hash": text.replace("811c9dc5", "811c9dc6"),
    "zeros": "\0".repeat(text.length),
    "other format": text.replace("index 1", "index 2"),
  };
  for (const [why, bad] of Object.entries(damaged)) {
    assertEquals(parseHead(bad), undefined, why);
  }
});

Deno.test("hashText() tells texts apart that differ little", () => {
  const head = { stampMs: 0, hashes: EMPTY_HASHES };
  assertEquals(hashOfShard(head, SHARD_COUNT - 1), hashText(""));
  const texts = ["", "\0", "\0\0", "a", "a\0", "b", "aaaab", "aaaac", "caaaa"];
  const long = formatEntry({ containerId: "c", file: "10.0.0.2" }).repeat(50);
  for (let i = 0; i < long.length; i++) {
    texts.push(`${long.slice(0, i)}\0${long.slice(i + 1)}`, long.slice(0, i));
  }
  const distinct = new Set(texts);
  assertEquals(new Set([...distinct].map(hashText)).size, distinct.size);
});

Deno.test("shardOf() spreads ids that differ little", () => {
  const shards = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const shard = shardOf(`pod-${i}`);
    assertEquals(shard >= 0 && shard < SHARD_COUNT, true);
    shards.add(shard);
  }
  assertEquals(shards.size > SHARD_COUNT * 0.9, true);
});
