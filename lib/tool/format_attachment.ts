import type { Result } from "../spec/mod.ts";
import type { Style } from "./style.ts";
import type { Target } from "./targets.ts";

/** Writes an attachment for people: interfaces, addresses, routes, DNS. */
export function formatAttachment(
  { network, attachment }: Target,
  result: Result,
  style: Style,
): string {
  const { ifname, netns } = attachment;
  const title = style.bold(`${ifname} in ${netns} is on ${network.name}`);
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
    alignColumns(cells).map((line, index) =>
      `  ${style.dim((index === 0 ? label : "").padEnd(12))}${line}\n`
    )
  );
  return `${title}\n${rows.join("")}`;
}

/** Rows of columns, each as wide as its widest cell. */
export function alignColumns(
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index]!)).join("  ").trimEnd()
  );
}

function on(name: string | undefined): string {
  return name === undefined ? "" : `on ${name}`;
}
