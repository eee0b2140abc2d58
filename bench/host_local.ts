import type { BenchCall, Contender, Run } from "./plugins.ts";

/** How many addresses are in use where host-local is measured. */
export const ADDRESSES_IN_USE: readonly number[] = [10, 1000, 20_000, 60_000];

/** A network of host-local whose reservations are `dataDir/<name>`. */
export function hostLocalConfig(dataDir: string, name: string): unknown {
  const ranges = [[{ subnet: "10.128.0.0/15" }]];
  const ipam = { type: "host-local", dataDir, ranges };
  return { cniVersion: "1.0.0", name, type: "host-local", ipam };
}

/** The run that a call of a contender's host-local is. */
export function hostLocalRun(
  { binDir, name }: Contender,
  { command, config }: BenchCall,
): Run {
  return {
    words: [`${binDir}/host-local`],
    stdin: JSON.stringify(config),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: `measured-${name}`,
      CNI_NETNS: "/run/netns/cni-bench-none",
      CNI_IFNAME: "eth0",
      CNI_PATH: binDir,
    },
  };
}

/** Reserves addresses as the reference does, for containers nobody knows. */
export function reserveMany(folder: string, count: number): void {
  Deno.mkdirSync(folder, { recursive: true });
  let address = "";
  for (let i = 0; i < count; i++) {
    const host = i + 2;
    address = `10.${128 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
    // As long as most runtimes' ids.
    const id = i.toString(16).padStart(64, "0");
    Deno.writeTextFileSync(`${folder}/${address}`, `${id}\r\neth0`, {
      createNew: true,
      mode: 0o600,
    });
  }
  Deno.writeTextFileSync(`${folder}/last_reserved_ip.0`, address);
}
