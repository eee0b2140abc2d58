import type { Contest, Side } from "../contest.ts";
import { type Contender, pluginRun, type Ring } from "../contender.ts";

/** A kind of network. */
export interface NetworkShape {
  readonly ipMasq?: boolean;
  readonly isDualStack?: boolean;
}

/** A network with a bridge and host-local addresses. */
export function bridgeConfig(
  { bridge, dataDir }: Contender,
  { ipMasq = false, isDualStack = false }: NetworkShape = {},
): Readonly<Record<string, unknown>> {
  const subnets = ["10.213.0.0/16", ...(isDualStack ? ["fd00:213::/64"] : [])];
  const routes = ["0.0.0.0/0", ...(isDualStack ? ["::/0"] : [])];
  return {
    cniVersion: "1.0.0",
    name: `net-${bridge}`,
    type: "bridge",
    bridge,
    isGateway: true,
    ipMasq,
    ipam: {
      type: "host-local",
      dataDir,
      ranges: subnets.map((subnet) => [{ subnet }]),
      routes: routes.map((dst) => ({ dst })),
    },
  };
}

/** A side that attaches its container, verifies that and detaches it. */
export function lifeCycle(
  contender: Contender,
  config: Readonly<Record<string, unknown>>,
): Side {
  const plugin = String(config.type);
  let prevResult: unknown;
  const withResult = () => ({ ...config, prevResult });
  const keep = (stdout: string) => {
    prevResult = JSON.parse(stdout);
  };
  const call = { plugin, config: withResult };
  return {
    name: contender.name,
    background: contender.background,
    acts: {
      ADD: [pluginRun(contender, { ...call, command: "ADD", config, keep })],
      CHECK: [pluginRun(contender, { ...call, command: "CHECK" })],
      DEL: [pluginRun(contender, { ...call, command: "DEL" })],
    },
  };
}

/** The life of an attachment, in each kind of network. */
export function attachmentContests(
  { ours, reference }: Ring,
): readonly Contest[] {
  const shapes: Readonly<Record<string, NetworkShape>> = {
    "bridge + host-local": {},
    "bridge + host-local, ipMasq": { ipMasq: true },
    "bridge + host-local, ipMasq, dual stack": {
      ipMasq: true,
      isDualStack: true,
    },
  };
  return Object.entries(shapes).map(([title, shape]) => {
    const side = (contender: Contender) =>
      lifeCycle(contender, bridgeConfig(contender, shape));
    return {
      title,
      sides: [side(ours), side(reference)],
      units: ["ms", "ms CPU", "MiB"],
      hasSum: true,
    };
  });
}
