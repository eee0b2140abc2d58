import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  CniCode,
  CniError,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";
import { fakeIp, type RawLink, requestWith } from "../testing/mod.ts";
import { collectAliasedLinks } from "./collect_linux.ts";

const VALID = validAttachmentsOf(
  requestWith({
    "cni.dev/valid-attachments": [{ containerID: "c1", ifname: "eth0" }],
  }).config,
)!;

function pair(ifname: string, ifalias: string): RawLink {
  return { ifname, ifalias, linkinfo: { info_kind: "veth" } };
}

const KEPT = [
  pair("valid", "cni/net1/c1/eth0"),
  pair("other", "cni/net2/c9/eth0"),
  pair("theirs", ""),
  {
    ...pair("dummy", "cni/net1/c9/eth0"),
    linkinfo: { info_kind: "dummy" },
  },
];
const STALE = [pair("a", "cni/net1/c1/eth1"), pair("b", "cni/net1/c9/eth0")];

/** Collects on a host where deletions have an effect or not. */
async function collect(stale: readonly RawLink[], isRemoved = true) {
  const links = [...KEPT, ...stale];
  const scripts: string[] = [];
  const { run } = fakeIp({
    links,
    answer: ({ stdin = "" }) => {
      scripts.push(stdin);
      if (isRemoved) links.splice(KEPT.length);
      return { status: 1, stderr: "Error: busy.\nCommand failed -:2\n" };
    },
  });
  const where = { network: "net1", linkKind: "veth", run };
  await collectAliasedLinks(where, VALID);
  return scripts;
}

Deno.test("collectAliasedLinks() removes what no valid attachment has", async () => {
  assertEquals(await collect([]), []);
  assertEquals(await collect(STALE), ["link del dev a\nlink del dev b\n"]);
});

Deno.test("collectAliasedLinks() names what remains, and why", async () => {
  const error = await assertRejects(() => collect(STALE, false), CniError);
  assertEquals(error.code, CniCode.Internal);
  assertEquals(error.message, 'Cannot remove the links "a", "b"');
  assertStringIncludes(error.details, "busy");
});
