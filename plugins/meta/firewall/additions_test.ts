import { assertEquals } from "@std/assert";
import { parseAddress } from "../../../lib/net/mod.ts";
import {
  accepts,
  ADMIN_JUMP,
  JUMP,
  listingOf,
  OWNER,
  owns,
  SHARED,
  STAGE_JUMP,
  wantedWith,
} from "./_testing.ts";
import { ruleAdditions } from "./additions.ts";
import { isolationRules } from "./rules.ts";

const IP = "10.1.2.3/32";

function inserted(line: string, position = 1): string {
  return `-I ${line.replace(" ", ` ${position} `)}`;
}

Deno.test("ruleAdditions() makes all that is not there, in the reference's order", () => {
  const plan = ruleAdditions(listingOf(), wantedWith());
  assertEquals(plan.lines, [
    "-N CNI-FORWARD",
    "-N CNI-ADMIN",
    inserted(JUMP),
    inserted(ADMIN_JUMP),
    ...accepts(IP).map((line) => `-A ${line}`),
    "-N CNI-FORWARD-OWNERS",
    `-A ${owns(IP)}`,
  ]);
  const { chains } = plan;
  assertEquals(chains, ["CNI-FORWARD", "CNI-ADMIN", "CNI-FORWARD-OWNERS"]);
});

Deno.test("ruleAdditions() makes only what is missing", async (t) => {
  const all = [
    ...SHARED,
    "-N CNI-FORWARD-OWNERS",
    ...accepts(IP).map((line) => `-A ${line}`),
    `-A ${owns(IP)}`,
  ];
  await t.step("nothing", () => {
    assertEquals(ruleAdditions(listingOf(...all), wantedWith()).lines, []);
  });
  await t.step("the second address", () => {
    const addresses = ["10.1.2.3", "10.1.2.4"].map(parseAddress);
    const { lines } = ruleAdditions(
      listingOf(...all),
      wantedWith({ addresses }),
    );
    const other = "10.1.2.4/32";
    assertEquals(lines, [
      ...accepts(other).map((line) => `-A ${line}`),
      `-A ${owns(other)}`,
    ]);
  });
  await t.step("any one line", () => {
    for (const line of all.filter((one) => one.startsWith("-A "))) {
      const listing = listingOf(...all.filter((one) => one !== line));
      const { lines } = ruleAdditions(listing, wantedWith());
      assertEquals(lines.length, 1, line);
      assertEquals(lines[0]?.replace(/^-I (\S+) 1 /, "-A $1 "), line);
    }
  });
});

Deno.test("ruleAdditions() knows an address however iptables writes it", () => {
  const address = parseAddress("64:ff9b::a00:1");
  const written = "64:ff9b::10.0.0.1/128";
  const listing = listingOf(
    ...SHARED,
    "-N CNI-FORWARD-OWNERS",
    ...accepts(written).map((line) => `-A ${line}`),
    `-A ${owns(written)}`,
  );
  const wanted = wantedWith({ addresses: [address] });
  assertEquals(ruleAdditions(listing, wanted).lines, []);
});

Deno.test("ruleAdditions() puts another administrator's chain above the first", () => {
  const wanted = wantedWith({ adminChain: "MINE", addresses: [] });
  assertEquals(ruleAdditions(listingOf(...SHARED), wanted).lines, []);
  const { lines } = ruleAdditions(
    listingOf(...SHARED),
    wantedWith({ adminChain: "MINE" }),
  );
  assertEquals(lines.slice(0, 2), [
    "-N MINE",
    inserted(ADMIN_JUMP.replace("CNI-ADMIN", "MINE")),
  ]);
});

Deno.test("ruleAdditions() says whose an address is from now on", () => {
  const old = owns(IP, "c0");
  const listing = listingOf(
    ...SHARED,
    "-N CNI-FORWARD-OWNERS",
    ...accepts(IP).map((line) => `-A ${line}`),
    `-A ${old}`,
  );
  const plan = ruleAdditions(listing, wantedWith());
  assertEquals(plan.lines, [`-D ${old}`, `-A ${owns(IP)}`]);
  assertEquals(plan.replaced, [old]);
});

Deno.test("ruleAdditions() says nothing that does not fit into a comment", () => {
  const owner = { ...OWNER, containerId: "c".repeat(255) };
  const { lines } = ruleAdditions(listingOf(...SHARED), wantedWith({ owner }));
  assertEquals(lines, accepts(IP).map((line) => `-A ${line}`));
});

/** The comments of the rules that keep bridges apart. */
function why(policy: string): string {
  return `-m comment --comment "CNI firewall plugin rules ` +
    `(ingressPolicy: ${policy})"`;
}

const [BOTH, SAME, ISOLATED] = [
  "same-bridge|isolated",
  "same-bridge",
  "isolated",
].map(why);

Deno.test("ruleAdditions() keeps a bridge apart, in the reference's order", async (t) => {
  const stage = (number: 1 | 2) => `CNI-ISOLATION-STAGE-${number}`;
  await t.step("from others", () => {
    const isolation = isolationRules("cni0", "same-bridge");
    const { lines } = ruleAdditions(
      listingOf(),
      wantedWith({ addresses: [], isolation }),
    );
    assertEquals(lines, [
      `-N ${stage(1)}`,
      `-N ${stage(2)}`,
      inserted(STAGE_JUMP),
      `-I ${stage(1)} 1 -i cni0 ! -o cni0 ${SAME} -j ${stage(2)}`,
      `-A ${stage(1)} ${BOTH} -j RETURN`,
      `-I ${stage(2)} 1 -o cni0 ${BOTH} -j DROP`,
      `-A ${stage(2)} ${BOTH} -j RETURN`,
    ]);
  });
  await t.step("from itself too", () => {
    const isolation = isolationRules("cni0", "isolated");
    const { lines } = ruleAdditions(
      listingOf(),
      wantedWith({ addresses: [], isolation }),
    );
    assertEquals(lines.slice(3, 5), [
      `-I ${stage(1)} 1 -i cni0 ! -o cni0 ${ISOLATED} -j ${stage(2)}`,
      `-I ${stage(1)} 1 -i cni0 -o cni0 ${ISOLATED} -j DROP`,
    ]);
  });
});

Deno.test("ruleAdditions() has what keeps bridges apart asked first", async (t) => {
  const isolation = isolationRules("cni0", "same-bridge");
  const own = "-j SOMETHING";
  await t.step("both are new", () => {
    const { lines } = ruleAdditions(listingOf(), wantedWith({ isolation }));
    const jumps = lines.filter((line) => line.startsWith("-I FORWARD"));
    assertEquals(jumps, [inserted(JUMP), inserted(STAGE_JUMP)]);
  });
  await t.step("the other is new", () => {
    const listing = listingOf(
      "-N CNI-ISOLATION-STAGE-1",
      `-A FORWARD ${own}`,
      `-A ${STAGE_JUMP}`,
    );
    const { lines } = ruleAdditions(listing, wantedWith());
    assertEquals(lines[2], inserted(JUMP, 3));
  });
  await t.step("they are in the wrong order", () => {
    const listing = listingOf(
      ...SHARED,
      "-N CNI-ISOLATION-STAGE-1",
      `-A ${STAGE_JUMP}`,
    );
    const wanted = wantedWith({ addresses: [], isolation });
    const plan = ruleAdditions(listing, wanted);
    assertEquals(plan.lines.slice(1, 3), [
      `-D ${STAGE_JUMP}`,
      inserted(STAGE_JUMP),
    ]);
    assertEquals(plan.rules.some(({ chain }) => chain === "FORWARD"), false);
  });
});

Deno.test("ruleAdditions() takes rules of older references for what they are", () => {
  const rules = isolationRules("cni0", "same-bridge");
  const chains = ["CNI-ISOLATION-STAGE-1", "CNI-ISOLATION-STAGE-2"];
  const old = (spec: string) => spec.replace(/(^| )(-j \S+)$/, `$1${SAME} $2`);
  const listing = listingOf(
    ...chains.map((chain) => `-N ${chain}`),
    `-A FORWARD ${old(`-j ${chains[0]}`)}`,
    ...rules.map(({ chain, spec }) => `-A ${chain} ${old(spec)}`),
  );
  const wanted = wantedWith({ addresses: [], isolation: rules });
  assertEquals(ruleAdditions(listing, wanted).lines, []);
});
