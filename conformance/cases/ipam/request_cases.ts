import {
  type CallOptions,
  demand,
  type Profile,
  type RequestedBy,
  type Stage,
} from "../../suite/mod.ts";
import type { KindCase } from "../shared/mod.ts";
import { addClient } from "./lease.ts";

const CONVENTIONS = "CNI conventions";

/** Cases about addresses that are asked for. */
export const REQUEST_CASES: readonly KindCase[] = [
  ...(["CNI_ARGS", "args.cni.ips", "runtimeConfig.ips"] as const).map((by) => ({
    id: `ipam/requested-by-${by.toLowerCase().replaceAll(/[._]/g, "-")}`,
    clause: {
      section: sectionOf(by),
      level: "SHOULD" as const,
      requirement: `The container gets the address asked for by ${by}`,
    },
    unless: (profile: Profile) => cannotAsk(profile, by),
    run: async (stage: Stage) => {
      const { address } = stage.subject.profile!.requests!;
      const client = await addClient(stage);
      const { addresses } = await client.take("a", ask(stage, by, address));
      demandGiven(addresses, address);
    },
  })),
  {
    id: "ipam/requested-taken",
    clause: {
      section: 'CNI 1.1.0, section 3, "Lifecycle & Ordering"',
      level: "MUST",
      requirement: "ADD fails if the address asked for is another container's",
    },
    unless: (profile) =>
      profile.pool === undefined
        ? "it keeps no account of addresses"
        : cannotAsk(profile),
    run: async (stage) => {
      const { by: [by], address } = stage.subject.profile!.requests!;
      const client = await addClient(stage);
      const options = ask(stage, by!, address);
      demandGiven((await client.take("a", options)).addresses, address);
      await client.mustNotTake("b", options);
    },
  },
  {
    id: "ipam/args-over-cni-args",
    clause: {
      section: `${CONVENTIONS}, "CNI_ARGS"`,
      level: "MUST",
      requirement:
        "A plugin that understands args.cni.ips ignores IP in CNI_ARGS where both are given",
    },
    unless: (profile) =>
      cannotAsk(profile, "CNI_ARGS") ?? cannotAsk(profile, "args.cni.ips"),
    run: async (stage) => {
      const { address, other } = stage.subject.profile!.requests!;
      const client = await addClient(stage);
      const { addresses } = await client.take("a", {
        ...ask(stage, "CNI_ARGS", other),
        ...ask(stage, "args.cni.ips", address),
      });
      demandGiven(addresses, address);
      demand(
        !addresses.includes(withoutLength(other)),
        `The container got ${other} too, which only CNI_ARGS asks for`,
      );
    },
  },
];

function sectionOf(by: RequestedBy): string {
  const parts = {
    "CNI_ARGS": "CNI_ARGS",
    "args.cni.ips": "args in network config",
    "runtimeConfig.ips": "Well-known Capabilities",
  };
  return `${CONVENTIONS}, "${parts[by]}"`;
}

function cannotAsk(
  { requests }: Profile,
  by?: RequestedBy,
): string | undefined {
  if (requests === undefined) return "it cannot be asked for an address";
  return by === undefined || requests.by.includes(by)
    ? undefined
    : `it cannot be asked by ${by}`;
}

function ask(stage: Stage, by: RequestedBy, address: string): CallOptions {
  const ips = [address];
  if (by === "CNI_ARGS") return { args: `IP=${address}` };
  if (by === "args.cni.ips") {
    return { stdin: stage.config({ args: { cni: { ips } } }) };
  }
  return { stdin: stage.config({ runtimeConfig: { ips } }) };
}

function demandGiven(addresses: readonly string[], address: string): void {
  demand(
    addresses.includes(withoutLength(address)),
    `The container got ${addresses.join(", ")} instead of ${address}`,
  );
}

function withoutLength(address: string): string {
  return address.split("/")[0] ?? "";
}
