import { type IpStep, ipStep, type Step } from "../../../lib/linux/mod.ts";
import { type Cidr, formatCidr } from "../../../lib/net/mod.ts";
import { bucketOf } from "./bucket.ts";
import type { BandwidthConfig, Limit, Subnets } from "./config.ts";
import type { Ifb } from "./ifb.ts";

/** What of an earlier ADD is in the way, and is removed first. */
export interface Remains {
  /** Whether what the container receives is shaped. */
  readonly hasShaper: boolean;
  /** Whether what the container sends is redirected. */
  readonly hasRedirect: boolean;
  /** Whether the link is there that it is redirected to. */
  readonly hasIfb: boolean;
}

/** Where nothing of an earlier ADD is left. */
export const NOTHING: Remains = {
  hasShaper: false,
  hasRedirect: false,
  hasIfb: false,
};

/** Where limits are set. */
export interface Place {
  /** The pair's end in the host. */
  readonly hostName: string;
  readonly mtuBytes: number;
  readonly remains: Remains;
}

/** What the steps follow from. */
export interface StepsInput extends Place {
  readonly config: BandwidthConfig;
  readonly ifb: Ifb;
}

/** The class of `htb` for what is limited. */
export const SHAPED_CLASS = "1:30";

/** Its class for what is not. */
const DIRECT = "1:0";

/** As many packets may wait in `htb` beside the limited ones. */
const DIRECT_PACKETS = 1000;

/** The steps of an ADD. */
export function limitSteps(input: StepsInput): readonly Step[] {
  const { config, ifb, hostName, remains } = input;
  return [
    ...removalSteps(hostName, ifb.name, remains),
    ...(config.egress === undefined ? [] : egressSteps(input, config.egress)),
    ...(config.ingress === undefined
      ? []
      : ingressSteps(input, config.ingress)),
  ];
}

/**
 * The steps that remove limits, in an order in which nothing is lost.
 *
 * @param hostName The pair's end in the host.
 */
export function removalSteps(
  hostName: string,
  ifbName: string,
  remains: Remains,
): readonly IpStep[] {
  return [
    ...(remains.hasShaper
      ? [tc(`remove the limit of "${hostName}"`, removeRoot(hostName))]
      : []),
    // Before the link: what is redirected to a link that is gone is dropped.
    ...(remains.hasRedirect
      ? [tc(`remove the redirection of "${hostName}"`, removeIngress(hostName))]
      : []),
    ...(remains.hasIfb
      ? [ipStep("host", `remove the link "${ifbName}"`, removeLink(ifbName))]
      : []),
  ];
}

// What the container sends comes in at the host's end, where the kernel cannot
// shape it; so it takes a way through a link that it leaves again.
function egressSteps(
  { config: { subnets }, hostName, mtuBytes, ifb }: StepsInput,
  limit: Limit,
): readonly Step[] {
  return [
    {
      ...ipStep("host", `make the link "${ifb.name}"`, [
        ...["link", "add", "name", ifb.name, "mtu", mtuBytes],
        ...["txqueuelen", 0, "address", ifb.mac, "type", "ifb"],
      ]),
      undo: removeLink(ifb.name),
    },
    ipStep("host", `set "${ifb.name}" up`, [
      ...["link", "set", "dev", ifb.name],
      ...(ifb.alias === undefined ? [] : ["alias", ifb.alias]),
      "up",
    ]),
    tc(`limit what "${ifb.name}" passes on`, addBucket(ifb.name, limit)),
    {
      ...tc(`let "${hostName}" redirect`, [
        ...["qdisc", "add", "dev", hostName, "handle", "ffff:", "ingress"],
      ]),
      undo: removeIngress(hostName),
    },
    ...redirectSteps(hostName, ifb.name, subnets),
  ];
}

/** What the container sends has the other end's address as its destination. */
function redirectSteps(
  hostName: string,
  ifbName: string,
  subnets: Subnets | undefined,
): readonly Step[] {
  const redirect = [
    ...["action", "mirred", "egress", "redirect", "dev", ifbName],
  ];
  const add = ["filter", "add", "dev", hostName, "parent", "ffff:"];
  const toClass = ["flowid", "1:1"];
  const purpose = `redirect from "${hostName}" to "${ifbName}"`;
  const all = (priority: number) =>
    tc(purpose, [
      ...[...add, "protocol", "all", "prio", priority],
      ...["u32", "match", "u32", 0, 0, ...toClass, ...redirect],
    ]);
  if (subnets === undefined) return [all(1)];
  // A filter without an action lets pass what it matches.
  const action = subnets.areShaped ? redirect : [];
  const bySubnet = subnets.list.map((cidr) =>
    tc(purpose, [...add, ...matchSubnet(cidr, "dst"), ...toClass, ...action])
  );
  return subnets.areShaped ? bySubnet : [...bySubnet, all(3)];
}

/** What the container receives leaves the host's end, which can be shaped. */
function ingressSteps(
  { config: { subnets }, hostName }: StepsInput,
  limit: Limit,
): readonly Step[] {
  const purpose = `limit what "${hostName}" passes on`;
  const undo = removeRoot(hostName);
  if (subnets === undefined) {
    return [{ ...tc(purpose, addBucket(hostName, limit)), undo }];
  }
  const { areShaped, list } = subnets;
  const toClass = ["flowid", areShaped ? SHAPED_CLASS : DIRECT];
  const add = ["filter", "add", "dev", hostName, "parent", "1:"];
  return [
    {
      ...tc(purpose, [
        ...["qdisc", "add", "dev", hostName, "root", "handle", "1:", "htb"],
        ...["default", areShaped ? 0 : 30, "direct_qlen", DIRECT_PACKETS],
      ]),
      undo,
    },
    ...addClass(hostName, limit).map((words) => tc(purpose, words)),
    // What the container receives has the other end's address as its source.
    ...list.map((cidr) =>
      tc(purpose, [...add, ...matchSubnet(cidr, "src"), ...toClass])
    ),
  ];
}

function addBucket(name: string, limit: Limit): readonly (string | number)[] {
  const { rateBytes, burstBytes, limitBytes } = bucketOf(limit);
  return [
    ...["qdisc", "add", "dev", name, "root", "handle", "1:", "tbf"],
    // To tc, "bps" are bytes per second, and plain sizes are bytes.
    ...["rate", `${rateBytes}bps`, "burst", burstBytes, "limit", limitBytes],
  ];
}

function addClass(
  name: string,
  limit: Limit,
): readonly (readonly (string | number)[])[] {
  const { limitBytes } = bucketOf(limit);
  const rate = `${limit.rateBytes}bps`;
  const burst = classBurstOf(limit);
  return [
    [
      ...["class", "add", "dev", name, "parent", "1:", "classid", SHAPED_CLASS],
      ...["htb", "rate", rate, "ceil", rate, "burst", burst, "cburst", burst],
      // It has no siblings to share with, so any value will do that the
      // kernel does not find worth a warning.
      ...["quantum", 1514],
    ],
    [
      ...["qdisc", "add", "dev", name, "parent", SHAPED_CLASS],
      ...["handle", "30:", "bfifo", "limit", limitBytes],
    ],
  ];
}

/** The kernel takes no class whose burst lasts longer than its 32 bits of ticks. */
const MAX_CLASS_BURST_SECONDS = 274;

function classBurstOf({ rateBytes, burstBytes }: Limit): number {
  return Math.min(burstBytes, rateBytes * MAX_CLASS_BURST_SECONDS);
}

// A priority of its own for each protocol: the kernel does not mix them.
function matchSubnet(
  cidr: Cidr,
  side: "src" | "dst",
): readonly (string | number)[] {
  return cidr.address.family === 4
    ? [
      "protocol",
      "ip",
      "prio",
      1,
      "u32",
      "match",
      "ip",
      side,
      formatCidr(cidr),
    ]
    : [
      "protocol",
      "ipv6",
      "prio",
      2,
      "u32",
      "match",
      "ip6",
      side,
      formatCidr(cidr),
    ];
}

function removeRoot(name: string): readonly string[] {
  return ["qdisc", "del", "dev", name, "root"];
}

function removeIngress(name: string): readonly string[] {
  return ["qdisc", "del", "dev", name, "ingress"];
}

function removeLink(name: string): readonly string[] {
  return ["link", "del", "dev", name];
}

function tc(purpose: string, words: readonly (string | number)[]): IpStep {
  return { ...ipStep("host", purpose, words), program: "tc" };
}

/** What tc's rates are multiples of. */
const RATE_UNITS: Readonly<Record<string, number>> = {
  bit: 1,
  Kbit: 1e3,
  Mbit: 1e6,
  Gbit: 1e9,
  Tbit: 1e12,
};

/**
 * Whether the class of what is limited is that of a limit, by what `tc class
 * show` printed. It rounds, and so does this.
 */
export function isClassOf({ rateBytes }: Limit, shown: string): boolean {
  const match = / rate (\d+)([KMGT]?bit) /.exec(shown);
  const shownBits = Number(match?.[1]) * (RATE_UNITS[match?.[2] ?? ""] ?? NaN);
  const rateBits = rateBytes * 8;
  return Math.abs(shownBits - rateBits) <= rateBits / 1000;
}
