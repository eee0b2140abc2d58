import { assertEquals } from "@std/assert";
import { validAttachmentsOf } from "../../../lib/spec/mod.ts";
import { fakeIp, requestWith } from "../../shared/testing/mod.ts";
import { spoofTeardown } from "./spoof_check.ts";
import { removeStaleSpoofRules } from "./stale_spoof_rules_linux.ts";

const VALID = validAttachmentsOf(
  requestWith({
    "cni.dev/valid-attachments": [{ containerID: "c1", ifname: "eth0" }],
  }).config,
)!;

function rule(handle: number, id: string, hostName?: string) {
  const comment = `macspoofchk-${id}-eth0`;
  const expr = hostName === undefined ? [] : [{ match: { right: hostName } }];
  return { rule: { handle, comment, expr } };
}

/** What is sent to nft on a host that has the link `v1`. */
async function sentFor(rules: readonly ReturnType<typeof rule>[]) {
  const sent: string[] = [];
  const { run } = fakeIp({
    answer: ({ program, args, stdin }) => {
      if (program === "ip") return { stdout: '[{"ifname":"v1"}]' };
      if (stdin !== undefined) sent.push(stdin);
      const isListing = args.includes("list");
      return { stdout: isListing ? JSON.stringify({ nftables: rules }) : "" };
    },
  });
  await removeStaleSpoofRules(VALID, run);
  return sent;
}

Deno.test("removeStaleSpoofRules() removes those whose link is gone too", async () => {
  assertEquals(await sentFor([]), []);
  const kept = [rule(1, "c1", "gone"), rule(2, "c2", "v1"), rule(3, "c3")];
  assertEquals(await sentFor(kept), []);
  const stale = { handle: 4, comment: "macspoofchk-c4-eth0", hostName: "v4" };
  assertEquals(
    await sentFor([...kept, rule(4, "c4", "v4")]),
    [spoofTeardown([stale])],
  );
});
