/**
 * An IPAM plugin that does all right: an address of a pool, or the one that is
 * asked for. For tests of the conformance suite.
 *
 * @module
 */
import {
  type Any,
  type Call,
  demand,
  ipIn,
  isDone,
  runPlugin,
} from "./call.ts";
import { openReservations } from "./reservations.ts";

await runPlugin({ ADD: add, CHECK: check, DEL: del, GC: gc, STATUS: status });

async function add(call: Call): Promise<Any> {
  const { netns, config: { ipam }, is } = call;
  const first = await takeAddress(call);
  const addresses = is("adds-up") && requestedOf(call).length > 1
    ? [first, requestedOf(call)[0]!]
    : [first];
  if (is("adds-address")) ipIn(netns, "addr add 10.77.9.9/32 dev lo");
  const length = is("wrong-length") ? 8 : 24;
  return {
    cniVersion: "1.1.0",
    ...(is("interfaces") ? { interfaces: [{ name: "eth0" }] } : {}),
    ips: addresses.map((address) => ({
      address: `${address}/${length}`,
      ...(is("no-gateway") ? {} : { gateway: gatewayOf(ipam) }),
    })),
    ...(is("no-routes") ? {} : { routes: ipam.routes }),
    ...(is("no-dns") ? {} : { dns: ipam.dns }),
  };
}

async function takeAddress(call: Call): Promise<string> {
  const { is } = call;
  const reservations = openReservations(call);
  const requested = is("ignores-requests") ? [] : requestedOf(call);
  if (requested.length > 0) return await reservations.take(requested.slice(-1));
  const isFull = reservations.all().length >= call.config.ipam.count;
  if (isFull && is("leaks")) await reservations.take(["lost"]);
  demand(!isFull || is("endless"), "no address is left");
  return await reservations.take(poolOf(call));
}

/** What is asked for; only the last of it counts. */
function requestedOf({ args, config }: Call): readonly string[] {
  const [, ofArgs] = /(?:^|;)IP=([^;/]+)/.exec(args) ?? [];
  const lists = [config.args?.cni?.ips, config.runtimeConfig?.ips];
  return [
    ...(ofArgs === undefined ? [] : [ofArgs]),
    ...lists.flatMap((list) => list ?? [])
      .map((text: string) => text.split("/")[0]!),
  ];
}

/** All addresses that may be given: `base` and the numbers in it. */
function poolOf({ config: { ipam }, is }: Call): readonly string[] {
  const first = is("gives-gateway") ? 1 : 2;
  return Array.from(
    { length: ipam.count },
    (_, at) => `${ipam.base}.${at + first}`,
  );
}

function gatewayOf(ipam: Any): string {
  return `${ipam.base}.1`;
}

function check(call: Call): void {
  if (call.is("lax-check")) return;
  demand(openReservations(call).own().length > 0, "the reservation is gone");
}

function del(call: Call): void {
  const { netns, is } = call;
  const reservations = openReservations(call);
  if (is("keeps")) return;
  if (is("needs-netns") && !isDone(() => Deno.statSync(netns))) return;
  if (is("frees-others") && reservations.own().length === 0) {
    reservations.keep([]);
  }
  reservations.free();
}

function gc(call: Call): void {
  const valid = call.config["cni.dev/valid-attachments"]
    .map(({ containerID, ifname }: Any) => `${containerID} ${ifname}`);
  if (call.is("no-gc")) return;
  openReservations(call).keep(call.is("gc-frees-all") ? [] : valid);
}

function status(call: Call): void {
  const { config: { ipam }, is } = call;
  const taken = openReservations(call).all().length;
  demand(is("always-ready") || taken < ipam.count, "no address is left");
}
