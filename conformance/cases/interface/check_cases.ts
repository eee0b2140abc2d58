import type { JsonObject } from "../../../lib/spec/mod.ts";
import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import { Skip, type Stage } from "../../suite/mod.ts";
import {
  type Attachment,
  attachNew,
  type KindCase,
  passCheck,
  SINCE_0_4_0,
} from "../shared/mod.ts";
import { ownOf } from "./result_cases.ts";

const SECTION = 'CNI 1.1.0, section 2, "CHECK"';

/** Cases about what CHECK notices, and what it lets pass. */
export const CHECK_CASES: readonly KindCase[] = [
  {
    id: "interface/check-after-later-plugins",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "CHECK lets pass what a later plugin of the chain may have added, such as a route or an address",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, ifname } = attachment;
      await sandbox.ip("link add later0 type veth peer name later1");
      await sandbox.ip("link set later0 up");
      await sandbox.ip("addr add 192.0.2.77/24 dev later0");
      await sandbox.ip("route add 100.64.9.0/24 dev later0");
      await sandbox.ip(`addr add 203.0.113.77/32 dev ${ifname}`);
      await stage.mustCall("CHECK", sandbox, attachment.check);
    },
  },
  {
    id: "interface/check-route-without-gateway",
    promise: "ipam",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "CHECK succeeds right after ADD where a route of the result has no gateway of its own",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const routes = [{ dst: "198.51.100.0/24" }];
      const keys = { ipam: { ...Object(stage.config().ipam), routes } };
      const { sandbox, check } = await attachNew(stage, { keys });
      await stage.mustCall("CHECK", sandbox, check);
    },
  },
  {
    id: "interface/check-uses-prev-result",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "CHECK takes from prevResult which addresses to expect, and fails if the interface lacks one",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, check } = attachment;
      await stage.mustCall("CHECK", sandbox, check);
      const prevResult = withOtherAddress(attachment.result);
      const stdin = { ...Object(check.stdin), prevResult };
      await stage.mustFail("CHECK", sandbox, { ...check, stdin });
    },
  },
  {
    id: "interface/check-link",
    promise: "check-link",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "CHECK fails if the container's interface is gone or, where it cannot go, down",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, ifname } = attachment;
      const isFixed = stage.subject.profile?.ifname !== undefined;
      await checkAfter(stage, attachment, async () => {
        await sandbox.ip(
          isFixed ? `link set ${ifname} down` : `link del ${ifname}`,
        );
      });
    },
  },
  {
    id: "interface/check-mac",
    promise: "check-link",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "CHECK fails if the container's interface has another MAC address than prevResult says",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, ifname } = attachment;
      const { mac } = ownOf(attachment);
      if (mac === undefined || mac === "00:00:00:00:00:00") {
        throw new Skip("the interface has no MAC address of its own");
      }
      await checkAfter(stage, attachment, async () => {
        await sandbox.ip(`link set ${ifname} address 02:00:5e:10:00:63`);
      });
    },
  },
  {
    id: "interface/check-address",
    promise: "check-address",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement: "CHECK fails if an address of the result is gone",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, ifname, stated } = attachment;
      const last = stated.ips.at(-1);
      if (last === undefined) throw new Skip("the result has no address");
      await checkAfter(stage, attachment, async () => {
        await sandbox.ip(`addr del ${last.address} dev ${ifname}`);
      });
    },
  },
  {
    id: "interface/check-route",
    promise: "check-route",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement: "CHECK fails if a route of the result is gone",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox, stated } = attachment;
      const [first] = stated.routes;
      if (first === undefined) throw new Skip("the result has no route");
      await checkAfter(stage, attachment, async () => {
        await sandbox.ip(`route del ${first.dst}`);
      });
    },
  },
];

/** Demands that CHECK passes, and fails after something was done. */
async function checkAfter(
  stage: Stage,
  { sandbox, check }: Attachment,
  tamper: () => Promise<void>,
): Promise<void> {
  await passCheck(stage, sandbox, check);
  await tamper();
  await stage.mustFail("CHECK", sandbox, check);
}

/** A result whose last address is another of its network. */
function withOtherAddress(result: JsonObject): JsonObject {
  const ips = (result.ips ?? []) as readonly JsonObject[];
  const last = ips.at(-1);
  if (last === undefined) throw new Skip("the result has no address");
  const { address, prefixBits } = parseCidr(String(last.address));
  const other = { ...address, value: address.value ^ 4n };
  const text = formatCidr({ address: other, prefixBits });
  return { ...result, ips: [...ips.slice(0, -1), { ...last, address: text }] };
}
