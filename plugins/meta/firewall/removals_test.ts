import { assertEquals } from "@std/assert";
import type { IptablesListing } from "../../../lib/firewall/mod.ts";
import { parseAddress } from "../../../lib/net/mod.ts";
import {
  accepts,
  listingOf,
  OWNER,
  owns,
  SHARED,
  wantedWith,
} from "./_testing.ts";
import { ruleAdditions } from "./additions.ts";
import { attachmentRemovals, staleRemovals, undoRemovals } from "./removals.ts";
import { isolationRules } from "./rules.ts";

const IP = "10.1.2.3/32";
const OTHER = "10.1.2.4/32";
const ADDRESSES = [parseAddress("10.1.2.3")];
const OWNERS = "-N CNI-FORWARD-OWNERS";

function added(...lines: readonly string[]): readonly string[] {
  return lines.map((line) => `-A ${line}`);
}

function deleted(...lines: readonly string[]): readonly string[] {
  return lines.map((line) => `-D ${line}`);
}

/** What a listing would be after the lines of a transaction. */
function after(
  listing: IptablesListing,
  lines: readonly string[],
): IptablesListing {
  const chains = new Set(listing.chains);
  const rules = [...listing.rules];
  for (const line of lines) {
    const [, act, rest = ""] = /^-(.) (.*)$/.exec(line) ?? [];
    if (act === "N") chains.add(rest);
    if (act === "X") chains.delete(rest);
    if (act === "A") rules.push(rest);
    if (act === "I") rules.unshift(rest.replace(/^(\S+) \d+/, "$1"));
    if (act === "D") rules.splice(rules.indexOf(rest), 1);
  }
  return { chains, rules };
}

Deno.test("attachmentRemovals() removes the rules, and the chain that nobody needs", () => {
  const listing = listingOf(
    ...SHARED,
    OWNERS,
    ...added(...accepts(IP), ...accepts(OTHER), owns(IP)),
  );
  assertEquals(attachmentRemovals(listing, OWNER, ADDRESSES), [
    ...deleted(...accepts(IP), owns(IP)),
    "-X CNI-FORWARD-OWNERS",
  ]);
});

Deno.test("attachmentRemovals() removes what the reference has made", () => {
  const listing = listingOf(...SHARED, ...added(...accepts(IP)));
  assertEquals(
    attachmentRemovals(listing, OWNER, ADDRESSES),
    deleted(...accepts(IP)),
  );
});

Deno.test("attachmentRemovals() removes rules that are there twice", () => {
  const twice = [...accepts(IP), ...accepts(IP)];
  const listing = listingOf(...SHARED, ...added(...twice));
  const lines = attachmentRemovals(listing, OWNER, ADDRESSES);
  assertEquals(lines.toSorted(), deleted(...twice).toSorted());
});

Deno.test("attachmentRemovals() has nothing to do where nothing is left", () => {
  assertEquals(attachmentRemovals(listingOf(), OWNER, ADDRESSES), []);
  assertEquals(attachmentRemovals(listingOf(...SHARED), OWNER, ADDRESSES), []);
});

Deno.test("attachmentRemovals() leaves an address that another attachment has got since", () => {
  const listing = listingOf(
    ...SHARED,
    OWNERS,
    ...added(...accepts(IP), owns(IP, "c2")),
  );
  assertEquals(attachmentRemovals(listing, OWNER, ADDRESSES), []);
});

Deno.test("attachmentRemovals() finds by itself what the attachment owns", () => {
  const listing = listingOf(
    ...SHARED,
    OWNERS,
    ...added(...accepts(IP), ...accepts(OTHER)),
    ...added(owns(IP), owns(OTHER, "c2")),
  );
  const lines = deleted(...accepts(IP), owns(IP));
  assertEquals(attachmentRemovals(listing, OWNER, []), lines);
});

Deno.test("staleRemovals() removes what stale attachments own", () => {
  const listing = listingOf(
    ...SHARED,
    OWNERS,
    ...added(...accepts(IP), ...accepts(OTHER), ...accepts("10.1.2.5/32")),
    ...added(owns(IP), owns(OTHER, "c2")),
  );
  const collect = (stale: readonly string[]) =>
    staleRemovals(
      listing,
      ({ network, containerId }) =>
        network === "net1" && stale.includes(containerId),
    );
  assertEquals(collect([]), []);
  assertEquals(collect(["c1"]), deleted(...accepts(IP), owns(IP)));
  const all = collect(["c1", "c2"]);
  assertEquals(all.at(-1), "-X CNI-FORWARD-OWNERS");
  assertEquals(all.length, 7);
});

Deno.test("undoRemovals() leaves a table as it was", async (t) => {
  const isolation = isolationRules("cni0", "isolated");
  const before = {
    "an empty one": listingOf(),
    "one in use": listingOf(...SHARED, ...added(...accepts(OTHER))),
    "one with the rules of a container that is gone": listingOf(
      ...SHARED,
      OWNERS,
      ...added(...accepts(IP), owns(IP, "c0")),
    ),
    "one that was in use": listingOf(...SHARED),
  };
  for (const [why, listing] of Object.entries(before)) {
    await t.step(why, () => {
      const plan = ruleAdditions(listing, wantedWith());
      const undone = after(
        after(listing, plan.lines),
        undoRemovals(after(listing, plan.lines), plan),
      );
      assertEquals(undone.chains, listing.chains);
      assertEquals(undone.rules.toSorted(), listing.rules.toSorted());
    });
  }
  await t.step("with what keeps a bridge apart", () => {
    const plan = ruleAdditions(listingOf(), wantedWith({ isolation }));
    const listing = after(listingOf(), plan.lines);
    const undone = after(listing, undoRemovals(listing, plan));
    assertEquals([undone.chains.size, undone.rules], [0, []]);
  });
});

Deno.test("undoRemovals() leaves what others have used since", async (t) => {
  const isolation = isolationRules("cni0", "isolated");
  await t.step("with iptables", () => {
    const plan = ruleAdditions(listingOf(), wantedWith({ isolation }));
    const listing = after(listingOf(), [
      ...plan.lines,
      ...added(...accepts(OTHER), owns(OTHER, "c2")),
    ]);
    const lines = undoRemovals(listing, plan);
    assertEquals(lines, deleted(...accepts(IP), owns(IP)));
  });
  await t.step("with firewalld, where that cannot be told", () => {
    const plan = ruleAdditions(
      listingOf(),
      wantedWith({ addresses: [], isolation }),
    );
    const listing = after(listingOf(), plan.lines);
    assertEquals(undoRemovals(listing, plan), []);
  });
});
