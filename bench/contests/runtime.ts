import {
  type Attachment,
  type NetworkConfig,
  parseNetworkConfig,
  Runtime,
} from "../../runtime.ts";
import { registryFor } from "../../plugins/mod.ts";
import type { Contest, Run, Side } from "../contest.ts";
import { type Contender, OURS, pluginRun, type Ring } from "../contender.ts";
import { bridgeConfig } from "./attachment.ts";

/**
 * The ways to the same plugins: directly, through `cnitool`, and from a program
 * that lives on. No package has the reference's `cnitool`, so ours drives the
 * reference's plugins too.
 */
export function runtimeContests(ring: Ring): readonly Contest[] {
  const { ours, reference } = ring;
  const tool = toolSide(ours);
  return [
    {
      title: "bridge + host-local, ipMasq, through cnitool",
      sides: [
        tool,
        { ...toolSide(reference), name: "reference, through our cnitool" },
        { ...directSide(ours), name: "ours, directly" },
        { ...directSide(reference), name: "reference, directly" },
      ],
    },
    {
      title: "bridge + host-local, ipMasq, from a program that lives on",
      sides: [
        librarySide(ours),
        { ...librarySide(reference), name: "reference, from the same program" },
        { ...directSide(ours), name: "ours, directly" },
      ],
    },
  ];
}

/** A list of one plugin, as a runtime reads it. */
function listOf(contender: Contender): Readonly<Record<string, unknown>> {
  const { cniVersion, name, ...plugin } = bridgeConfig(contender, {
    ipMasq: true,
  });
  return { cniVersion, name, plugins: [plugin] };
}

function directSide(contender: Contender): Side {
  const config = bridgeConfig(contender, { ipMasq: true });
  const call = { plugin: "bridge", config };
  return {
    name: contender.name,
    acts: {
      ADD: [pluginRun(contender, { ...call, command: "ADD" })],
      DEL: [pluginRun(contender, { ...call, command: "DEL" })],
    },
  };
}

function toolSide(contender: Contender): Side {
  const list = listOf(contender);
  writeList(contender, list);
  return {
    name: contender.name,
    acts: {
      ADD: [toolRun(contender, { verb: "add", network: String(list.name) })],
      DEL: [toolRun(contender, { verb: "del", network: String(list.name) })],
    },
  };
}

/** Writes a list where {@linkcode toolRun} looks for it. */
export function writeList(
  { dataDir }: Contender,
  list: Readonly<Record<string, unknown>>,
): void {
  const folder = `${dataDir}/net.d`;
  Deno.mkdirSync(folder, { recursive: true });
  const file = `${folder}/${list.name}.conflist`;
  Deno.writeTextFileSync(file, JSON.stringify(list));
}

/** A call of our `cnitool` that drives a contender's plugins. */
export function toolRun(
  { dataDir, netns, binDir }: Contender,
  { verb, network, env = {} }: {
    readonly verb: string;
    readonly network: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Run {
  return {
    words: [`${OURS}/cnitool`, verb, network, netns],
    env: { CNI_PATH: binDir, NETCONFPATH: `${dataDir}/net.d`, ...env },
  };
}

function librarySide(contender: Contender): Side {
  const { name, binDir, netns, dataDir } = contender;
  const runtime = new Runtime({
    path: [binDir],
    cacheDir: `${dataDir}/library`,
    registry: registryFor("linux"),
    self: `${OURS}/cni`,
  });
  const network: NetworkConfig = parseNetworkConfig(
    JSON.stringify(listOf(contender)),
  );
  const attachment: Attachment = {
    containerId: `bench-library-${name}`,
    netns,
    ifname: "eth0",
  };
  return {
    name,
    acts: {
      ADD: async () => {
        await runtime.add(network, attachment);
      },
      DEL: () => runtime.del(network, attachment),
    },
  };
}
