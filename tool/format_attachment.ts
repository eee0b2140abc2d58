import { alignColumns, printable, type Style } from "../terminal/mod.ts";
import type { Result } from "../lib/spec/mod.ts";
import type { Target } from "./targets.ts";

/** Writes an attachment for people: interfaces, addresses, routes, DNS. */
export function formatAttachment(
  { network, attachment }: Target,
  result: Result,
  style: Style,
): string {
  const { ifname, netns } = attachment;
  const title = style.bold(
    printable(`${ifname} in ${netns} is on ${network.name}`),
  );
  const { interfaces = [], ips = [], routes = [], dns = {} } = result;
  const nameAt = (index: number | undefined) =>
    index === undefined ? undefined : interfaces[index]?.name;
  const sections: readonly (readonly [string, readonly string[][]])[] = [
    [
      "interfaces",
      interfaces.map(({ name, mac = "", sandbox }) => [
        ...[name, mac, sandbox ? "in the container" : "on the host"],
      ]),
    ],
    [
      "addresses",
      ips.map((ip) => [
        ip.address,
        on(nameAt(ip.interface)),
        ip.gateway ? `gateway ${ip.gateway}` : "",
      ]),
    ],
    ["routes", routes.map(({ dst, gw }) => [dst, gw ? `via ${gw}` : ""])],
    ["dns", (dns.nameservers ?? []).map((server) => [server])],
  ];
  const rows = sections.flatMap(([label, cells]) =>
    alignColumns(cells.map((row) => row.map((cell) => printable(cell)))).map((
      line,
      index,
    ) => `  ${style.dim((index === 0 ? label : "").padEnd(12))}${line}\n`)
  );
  return `${title}\n${rows.join("")}`;
}

function on(name: string | undefined): string {
  return name === undefined ? "" : `on ${name}`;
}
