import { assertEquals, assertThrows } from "@std/assert";
import { CniError } from "../spec/mod.ts";
import type { CachedAttachment } from "./cache_entry.ts";
import { ResultCache } from "./result_cache.ts";

const ENTRY: CachedAttachment = {
  containerId: "c1",
  ifname: "eth0",
  networkName: "net1",
  netns: "/run/netns/c1",
  config: new TextEncoder().encode("{}"),
  args: [],
  result: { cniVersion: "1.1.0" },
};

/** Runs `body` with a cache in a folder that is removed afterwards. */
function withCache(body: (cache: ResultCache, results: string) => void): void {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    const cacheDir = `${folder}/cni`;
    body(new ResultCache(cacheDir), `${cacheDir}/results`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("ResultCache keeps, finds and forgets an attachment", () => {
  withCache((cache, results) => {
    assertEquals(cache.result(ENTRY), undefined);
    assertEquals(cache.attachments(), []);
    cache.remove(ENTRY);
    cache.write(ENTRY);
    const path = `${results}/net1-c1-eth0`;
    if (Deno.build.os !== "windows") {
      assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
      assertEquals(Deno.statSync(results).mode! & 0o777, 0o700);
    }
    assertEquals([...Deno.readDirSync(results)].length, 1);
    assertEquals(cache.result(ENTRY), { cniVersion: "1.1.0" });
    assertEquals(cache.attachment(ENTRY), ENTRY);
    cache.remove(ENTRY);
    assertEquals(cache.result(ENTRY), undefined);
  });
});

Deno.test("ResultCache reads a bare result, and refuses garbage", () => {
  withCache((cache, results) => {
    cache.write(ENTRY);
    const path = `${results}/net1-c1-eth0`;
    Deno.writeTextFileSync(path, '{"cniVersion":"0.4.0"}');
    assertEquals(cache.result(ENTRY), { cniVersion: "0.4.0" });
    assertEquals(cache.attachment(ENTRY), undefined);
    Deno.writeTextFileSync(path, "{");
    assertThrows(() => cache.result(ENTRY), CniError);
    cache.remove(ENTRY);
    assertEquals(cache.result(ENTRY), undefined);
  });
});

Deno.test("ResultCache trusts a file's content, not its name", () => {
  withCache((cache) => {
    const one = { ...ENTRY, networkName: "a-b", containerId: "c" };
    const two = { ...ENTRY, networkName: "a", containerId: "b-c" };
    cache.write(one);
    assertEquals(cache.result(two), undefined);
    assertThrows(() => cache.write(two), CniError, "another attachment");
    cache.remove(two);
    assertEquals(cache.attachments("c"), [one]);
    assertEquals(cache.attachments("b-c"), []);
  });
});

Deno.test("ResultCache lists attachments in order, and skips the rest", () => {
  withCache((cache, results) => {
    const second = { ...ENTRY, containerId: "c2" };
    cache.write(second);
    cache.write(ENTRY);
    Deno.writeTextFileSync(`${results}/garbage`, "{");
    Deno.writeTextFileSync(`${results}/bare`, "{}");
    Deno.writeTextFileSync(`${results}/nameless`, '{"kind":"cniCacheV1"}');
    Deno.mkdirSync(`${results}/folder`);
    assertEquals(cache.attachments(), [ENTRY, second]);
    assertEquals(cache.attachments("c2"), [second]);
  });
});

Deno.test("ResultCache makes no path of a name that leads elsewhere", async (t) => {
  const cases: Record<string, Partial<CachedAttachment>> = {
    "network": { networkName: "../x" },
    "container": { containerId: "../x" },
    "interface": { ifname: "../x" },
    "empty network": { networkName: "" },
    "empty container": { containerId: "" },
    "empty interface": { ifname: "" },
  };
  for (const [why, change] of Object.entries(cases)) {
    await t.step(why, () => {
      withCache((cache) => {
        assertThrows(() => cache.write({ ...ENTRY, ...change }), CniError);
      });
    });
  }
});

Deno.test({
  name: "ResultCache never writes through a link",
  ignore: Deno.build.os === "windows",
  fn() {
    withCache((cache, results) => {
      cache.write(ENTRY);
      const path = `${results}/net1-c1-eth0`;
      const target = `${results}/../target`;
      Deno.writeTextFileSync(target, "mine");
      Deno.removeSync(path);
      Deno.symlinkSync(target, path);
      assertThrows(() => cache.write(ENTRY), CniError);
      assertEquals(Deno.readTextFileSync(target), "mine");
      cache.remove(ENTRY);
      assertEquals(Deno.readTextFileSync(target), "mine");
      cache.write(ENTRY);
    });
  },
});

Deno.test("ResultCache refuses illegal names, be the folder there or not", () => {
  withCache((cache) => {
    const keys = [
      { ...ENTRY, containerId: "../x" },
      { ...ENTRY, networkName: "a/b" },
      { ...ENTRY, ifname: "" },
    ];
    const refuseAll = () => {
      for (const key of keys) {
        assertThrows(() => cache.result(key), CniError);
        assertThrows(() => cache.attachment(key), CniError);
        assertThrows(() => cache.remove(key), CniError);
      }
    };
    refuseAll();
    cache.write(ENTRY);
    refuseAll();
  });
});

Deno.test("ResultCache keeps attachments whose names are longer than a file's", () => {
  withCache((cache, results) => {
    const long = "n".repeat(300);
    const entries = [
      { ...ENTRY, containerId: long },
      { ...ENTRY, containerId: `${long}x` },
      { ...ENTRY, networkName: long },
      { ...ENTRY, containerId: long, ifname: "日本語" },
      { ...ENTRY, containerId: "c".repeat(255 - "net1--eth0".length) },
      { ...ENTRY, containerId: "c".repeat(256 - "net1--eth0".length) },
    ];
    for (const entry of entries) {
      cache.prepare(entry);
      cache.write(entry);
    }
    for (const entry of entries) {
      assertEquals(cache.attachment(entry), entry);
      assertEquals(cache.result(entry), entry.result);
    }
    assertEquals(cache.attachments().length, entries.length);
    assertEquals(
      [...Deno.readDirSync(results)].filter(({ name }) => name.includes("~"))
        .length,
      entries.length - 1,
    );
    for (const entry of entries) cache.remove(entry);
    assertEquals(cache.attachments(), []);
  });
});

Deno.test({
  name: "ResultCache names the setting that leads through a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCache((_, results) => {
      const cacheDir = results.slice(0, results.lastIndexOf("/"));
      Deno.symlinkSync("/", cacheDir);
      const { details } = assertThrows(
        () => new ResultCache(cacheDir).prepare(ENTRY),
        CniError,
      );
      assertEquals(
        details,
        `cacheDir leads to "${results}", but "${cacheDir}" is a link: name ` +
          "the real folder",
      );
    }),
});
