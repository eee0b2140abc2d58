import type { Host, Netns } from "./_host.ts";
import type { Any } from "./_plugin.ts";

/** What a network namespace holds, in a form that can be compared. */
export interface NetnsState {
  /** Links by name, with their addresses. */
  readonly links: Readonly<Record<string, unknown>>;
  readonly routes: readonly string[];
  /** Rules and chains of iptables and nftables. */
  readonly rules: readonly string[];
  readonly forwarding: string;
}

/** What a host holds in its namespace and on disk. */
export interface HostState extends NetnsState {
  /** Contents of the files in the data folder, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** All of a host's state, to see that nothing has changed. */
export async function stateOf(host: Host): Promise<HostState> {
  return { ...await netnsStateOf(host), files: filesIn(host.dataDir) };
}

/**
 * What attachments have left on a host: all but what is meant to stay, which
 * is the bridge with its addresses and routes, forwarding, the nftables chains
 * that all attachments share and host-local's own notes.
 */
export async function attachmentsOf(
  host: Host,
): Promise<Omit<HostState, "forwarding">> {
  const { links, routes, rules, files } = await stateOf(host);
  const isBridges = (route: string) => route.includes(`dev ${host.bridge}`);
  const own = Object.entries(links).filter(([name]) => name !== host.bridge);
  // What a crash leaves half-written among host-local's notes counts too.
  const isReservation = ([path]: readonly [string, string]) =>
    path.includes("/.cni/")
      ? path.includes("/tmp.")
      : !/\/(lock|last_reserved_ip\.\d+)?$/.test(path);
  return {
    links: Object.fromEntries(own),
    routes: routes.filter((route) => !isBridges(route)),
    rules,
    files: Object.fromEntries(Object.entries(files).filter(isReservation)),
  };
}

/** Reads the state of a network namespace with one child process. */
export async function netnsStateOf(netns: Netns): Promise<NetnsState> {
  const output = await netns.must(["sh", "-c", READ]);
  const [links = "", routes = "", rules = "", forwarding = ""] = output
    .split("@@\n");
  return {
    links: Object.fromEntries(
      JSON.parse(links).map((link: Any) => [link.ifname, linkState(link)]),
    ),
    routes: linesOf(routes).filter((line) =>
      !/\b(fe80|ff00|multicast|anycast)/.test(line)
    )
      .map((line) => line.replace(/ (linkdown|dead)\b/g, "").trim()).sort(),
    rules: rulesIn(rules),
    forwarding: forwarding.trim(),
  };
}

const READ = `
ip -j -d addr show
echo @@
ip -4 route show table all; ip -6 route show table all
echo @@
iptables-save 2>/dev/null; ip6tables-save 2>/dev/null
nft list ruleset 2>/dev/null
echo @@
cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
`;

// Without what the kernel changes by itself: whether a carrier is there, what
// detection is under way, and link-local addresses, which come with a delay.
function linkState(link: Any): unknown {
  const moving = new Set(["LOWER_UP", "NO-CARRIER", "M-DOWN"]);
  return {
    mac: link.address,
    kind: link.linkinfo?.info_kind,
    mtu: link.mtu,
    master: link.master,
    promiscuity: link.promiscuity,
    flags: link.flags.filter((flag: string) => !moving.has(flag)).sort(),
    addresses: (link.addr_info as readonly Any[])
      .filter(({ scope }) => scope !== "link")
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort(),
  };
}

/**
 * Rules and chains as text, without counters, empty base chains and the rules
 * that lead to the chain which all attachments share.
 */
function rulesIn(text: string): readonly string[] {
  const shared = [
    /^(ip daddr 224\.0\.0\.0\/4|ip6 daddr ff00::\/8) return$/,
    /^goto masq_checks$/,
    /^chain (masq_checks|[A-Z]+|postrouting) \{$/,
    ...PORTMAP_SHARED,
    ...FIREWALL_SHARED,
    /^(table|type|comment|policy|#|\*|\}|COMMIT|:[A-Z]+ (ACCEPT|DROP))/,
  ];
  return linesOf(text)
    .map((line) => line.trim().replace(/\bcounter packets \d+ bytes \d+/, ""))
    .filter((line) => line !== "" && !shared.some((form) => form.test(line)));
}

/**
 * The chains that portmap makes for all containers and the rules that lead to
 * them, as iptables-save and nft print them.
 */
const PORTMAP_SHARED: readonly RegExp[] = [
  /^:CNI-HOSTPORT-(DNAT|SETMARK|MASQ) /,
  /^-A (PREROUTING|OUTPUT|POSTROUTING) .*-j CNI-HOSTPORT-(DNAT|MASQ)$/,
  /^-A CNI-HOSTPORT-(SETMARK|MASQ) /,
  /^chain CNI-HOSTPORT-(DNAT|SETMARK|MASQ) \{$/,
  /\bjump CNI-HOSTPORT-(DNAT|MASQ)$/,
  /^ ?meta mark .*0x0*2000\b/,
  /^chain (hostports|hostip_hostports|hostports_all|prerouting|output|masquerading) \{$/,
  /^jump (hostports|hostip_hostports)$/,
  /^(ip6 daddr != ::1 )?fib daddr type local jump hostports_all$/,
  /^-A CNI-HOSTPORT-DNAT -d ::1\/128 -j RETURN$/,
  /^ip6 daddr ::1 +return$/,
];

/**
 * The chains of the firewall plugin that stay, and the rules that lead to them
 * or keep bridges apart, as iptables-save and nft print them.
 */
const FIREWALL_SHARED: readonly RegExp[] = [
  /^:CNI-(ADMIN|FORWARD|ISOLATION-STAGE-[12]) /,
  /^-A FORWARD .*-j CNI-(FORWARD|ISOLATION-STAGE-1)$/,
  /^-A CNI-FORWARD .*-j CNI-ADMIN$/,
  /^-A CNI-ISOLATION-STAGE-[12] /,
  /^chain CNI-(ADMIN|FORWARD|ISOLATION-STAGE-[12]) \{$/,
  /\bjump CNI-(ADMIN|FORWARD|ISOLATION-STAGE-[12])$/,
  /^(iifname "\S+" )?oifname "\S+" +drop$/,
  /^ *return$/,
];

function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  try {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) {
        Object.assign(found, { [`${path}/`]: "" }, filesIn(path));
      } else if (isSymlink) found[path] = `-> ${Deno.readLinkSync(path)}`;
      else found[path] = Deno.readTextFileSync(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
