import type { Host, Sandbox } from "./_host.ts";
import type { Any } from "./_plugin.ts";

/** A container with an interface that limits can be set on. */
export interface ShapedSandbox extends Sandbox {
  /** The pair's end in the host. */
  readonly hostName: string;
  /** The host's address for the container. */
  readonly gateway: string;
  /** Its result, as the plugin that made the pair would have given it. */
  readonly prevResult: Any;
}

/** Makes a container with a veth pair and addresses. */
export async function addShaped(
  host: Host,
  { mtuBytes = 1500 } = {},
): Promise<ShapedSandbox> {
  const sandbox = await host.addSandbox();
  const number = Number(sandbox.containerId.split("-").at(-1));
  const hostName = `sh${number}`;
  const [address, gateway] = [2, 1].map((last) => `10.99.${number}.${last}`);
  await host.ip(
    `link add ${hostName} mtu ${mtuBytes} type veth ` +
      `peer name eth0 mtu ${mtuBytes} netns ${sandbox.path}`,
  );
  await host.ip(`addr add ${gateway}/24 dev ${hostName}`);
  await host.ip(`link set ${hostName} up`);
  await sandbox.ip(`addr add ${address}/24 dev eth0`);
  await sandbox.ip("link set eth0 up");
  const prevResult = {
    cniVersion: "1.0.0",
    interfaces: [{ name: hostName }, { name: "eth0", sandbox: sandbox.path }],
    ips: [{ address: `${address}/24`, gateway, interface: 1 }],
    dns: {},
  };
  return { ...sandbox, hostName, gateway: gateway!, prevResult };
}

/** What shapes traffic on a host, by link: disciplines and filters. */
export async function shapingOf(host: Host): Promise<Any> {
  const links: readonly Any[] = JSON.parse(await host.ip("-j -d link show"));
  const names = links.map(({ ifname }) => ifname as string);
  const entries = names.map(async (name) => {
    const tc = async (words: string) =>
      JSON.parse(await host.must(["tc", ...words.split(" ")]) || "[]");
    const qdiscs: readonly Any[] = await tc(`-j -d -r qdisc show dev ${name}`);
    const own = qdiscs.filter(({ handle }) => handle !== "0:");
    const filters = own.some(({ handle }) => handle === "ffff:")
      ? await tc(`-j filter show dev ${name} parent ffff:`)
      : [];
    return [name, {
      qdiscs: own.map(qdiscState),
      filters: filters.map(filterState),
    }] as const;
  });
  return Object.fromEntries(
    (await Promise.all(entries))
      .filter(([, { qdiscs }]) => qdiscs.length > 0),
  );
}

/** Links that traffic is led through, with what the kernel was told of them. */
export async function ifbsOf(host: Host): Promise<Any> {
  const shown = await host.ip("-j -d link show type ifb");
  const links: readonly Any[] = JSON.parse(shown || "[]");
  return links.map(({ ifname, mtu, txqlen, flags }) => ({
    ...{ ifname, mtu, txqlen },
    isUp: flags.includes("UP"),
  }));
}

// Without what changes by itself, and the frame type, which comes from tc.
function qdiscState({ refcnt: _, options, ...rest }: Any): Any {
  const { linklayer: _layer, direct_packets_stat: _count, burst, ...others } =
    options ?? {};
  // Newer kernels count the burst in steps, which tc shows after a slash.
  const bytes = String(burst).split("/")[0];
  return { ...rest, options: { ...others, burst: bytes } };
}

// The Go plugin's library adds its action a second time, to no effect.
function filterState({ options, ...rest }: Any): Any {
  const { actions, ...others } = options ?? {};
  const first = (actions as readonly Any[] | undefined)?.slice(0, 1)
    .map(({ index: _index, ref: _ref, bind: _bind, ...action }) => action);
  return { ...rest, options: { ...others, actions: first } };
}
