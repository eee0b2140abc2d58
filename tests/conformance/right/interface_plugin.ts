/**
 * An interface plugin that does all right: a pair of links, an address by its
 * own account of them, and routes. For tests of the conformance suite.
 *
 * @module
 */
import {
  type Any,
  type Call,
  demand,
  ip,
  ipIn,
  isDone,
  run,
  runPlugin,
} from "./call.ts";
import { openReservations } from "./reservations.ts";

const GATEWAY = "10.77.0.1";
const POOL = Array.from({ length: 200 }, (_, at) => `10.77.0.${at + 2}`);
const ACCEPT = ["FORWARD", "-j", "ACCEPT", "-m", "comment", "--comment"];

await runPlugin({ ADD: add, CHECK: check, DEL: del });

async function add(call: Call): Promise<Any> {
  const { netns, config, containerId, is } = call;
  const ifname = nameOf(call);
  if (is("takes-over")) isDone(() => ipIn(netns, `link del ${ifname}`));
  demand(linkIn(netns, ifname) === undefined, `${ifname} is there already`);
  const host = hostName(call);
  const own = is("other-name") ? "other9" : ifname;
  const address = await openReservations(call).take(POOL);
  const mtu = is("no-mtu") ? 1500 : config.mtu ?? 1500;
  ip(`link add ${host} mtu ${mtu} type veth peer name ${own} netns ${netns}`);
  const mac = config.runtimeConfig?.mac;
  if (mac && !is("no-mac")) ipIn(netns, `link set ${own} address ${mac}`);
  ipIn(netns, `link set ${own} mtu ${mtu}`);
  ipIn(netns, `addr add ${address}/24 dev ${own}`);
  if (is("more-addresses")) ipIn(netns, `addr add 10.77.1.1/32 dev ${own}`);
  if (!is("no-gateway")) ip(`addr add ${GATEWAY}/32 dev ${host}`);
  ip(`link set ${host} up`);
  ip(`route replace ${address}/32 dev ${host}`);
  if (!is("down")) ipIn(netns, `link set ${own} up`);
  const routes = addRoutes(call, own);
  if (is("keeps-route")) isDone(() => ip("route add blackhole 10.78.0.0/24"));
  if (is("host-unlisted")) ip(`link add un0 type veth peer name un1`);
  if (is("cleans-host")) isDone(() => ip("link set other0 down"));
  if (is("cleans-container")) {
    isDone(() => ipIn(netns, "link set other0 down"));
  }
  run(["iptables", "-A", ...ACCEPT, containerId]);
  return resultOf(call, { own, ifname, host, address, routes });
}

function addRoutes({ config, netns, is }: Call, own: string): readonly Any[] {
  const routes: readonly Any[] = config.ipam?.routes ?? [];
  const isPlain = is("plain-routes");
  for (const { dst, gw = GATEWAY, priority, table, mtu, advmss } of routes) {
    const more = isPlain ? [] : [
      ...(priority ? [`metric ${priority}`] : []),
      ...(table ? [`table ${table}`] : []),
      ...(mtu ? [`mtu ${mtu}`] : []),
      ...(advmss ? [`advmss ${advmss}`] : []),
    ];
    const words = [`route add ${dst} via ${gw} dev ${own}`, ...more];
    if (is("no-routes") || is("down")) continue;
    ipIn(netns, words.join(" "));
  }
  if (is("more-routes")) {
    ipIn(netns, `route add 203.0.113.0/24 via ${GATEWAY} dev ${own}`);
  }
  return routes;
}

function resultOf(
  { netns, is }: Call,
  { own, ifname, host, address, routes }: Any,
): Any {
  const link = linkIn(netns, own);
  const inside = {
    name: ifname,
    mac: is("wrong-mac") ? "02:00:00:00:00:99" : link.address,
    mtu: is("wrong-mtu") ? 1234 : link.mtu,
    sandbox: is("short-sandbox") ? netns.split("/").at(-1) : netns,
  };
  const outside = { name: host, mac: linkHere(host).address };
  return {
    cniVersion: "1.1.0",
    interfaces: is("unlisted") ? [outside] : [outside, inside],
    ips: [{
      address: `${address}/${is("wrong-length") ? 16 : 24}`,
      gateway: GATEWAY,
      interface: is("wrong-index") ? 7 : 1,
    }],
    routes,
  };
}

function check(call: Call): void {
  const { netns, ifname, config: { prevResult }, is } = call;
  if (is("lax-check")) return;
  const link = linkIn(netns, ifname);
  demand(link !== undefined, `${ifname} is gone`);
  if (is("ignores-prev-result")) return;
  const stated = prevResult.interfaces
    .find((one: Any) => one.name === ifname && one.sandbox === netns);
  demand(stated?.mac === link.address, "another MAC address");
  const found = link.addr_info
    .map(({ local, prefixlen }: Any) => `${local}/${prefixlen}`);
  for (const { address } of prevResult.ips) {
    demand(found.includes(address), `${address} is gone`);
  }
  const text = ipIn(netns, "route show table all");
  for (const { dst, gw } of prevResult.routes) {
    demand(text.includes(`${dst} via `), `the route to ${dst} is gone`);
    demand(gw || !is("strict-gateway"), `the route to ${dst} is gone`);
  }
  const links = JSON.parse(ipIn(netns, "-j link")).length;
  demand(!is("strict-check") || links === 2, "there are other links");
}

function del(call: Call): void {
  const { netns, containerId, is } = call;
  const reservations = openReservations(call);
  if (is("one-per-container")) {
    for (const { ifname } of JSON.parse(ipIn(netns, "-j link"))) {
      if (ifname !== "lo") ipIn(netns, `link del ${ifname}`);
    }
  }
  reservations.free();
  if (!is("keeps-link")) isDone(() => ip(`link del ${hostName(call)}`));
  if (!is("keeps-rules")) {
    isDone(() => run(["iptables", "-D", ...ACCEPT, containerId]));
  }
}

/** The name that the interface gets. */
function nameOf({ ifname, is }: Call): string {
  if (is("cuts-name")) return ifname.slice(0, 8);
  if (is("cuts-long-name")) return ifname.slice(0, 15);
  demand(ifname.length <= 15, "the interface's name is too long");
  return ifname;
}

/** The same for each call of an attachment. */
function hostName({ containerId, ifname }: Call): string {
  let hash = 0;
  for (const char of `${containerId} ${ifname}`) {
    hash = (hash * 31 + char.charCodeAt(0)) % 0xffffffff;
  }
  return `rp${hash.toString(16)}`;
}

function linkHere(name: string): Any {
  return JSON.parse(ip(`-j link show dev ${name}`))[0];
}

function linkIn(netns: string, name: string): Any {
  return JSON.parse(ipIn(netns, "-j addr")).find((one: Any) =>
    one.ifname === name
  );
}
