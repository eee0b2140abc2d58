import type { Contest, Side } from "../contest.ts";
import { type Contender, pluginRun, type Ring } from "../contender.ts";

/** How many addresses are in use where host-local is measured. */
const ADDRESSES_IN_USE: readonly number[] = [10, 1000, 20_000, 60_000];

/** The reference takes long with many. */
const MAX_ROUNDS = 15;

/** What the number of addresses in use costs, beside the reference and alone. */
export function hostLocalContests(
  { ours, reference }: Ring,
): readonly Contest[] {
  const [least = 0] = ADDRESSES_IN_USE;
  return ADDRESSES_IN_USE.map((count) => {
    const mine = hostLocalSide(ours, count);
    const others = [hostLocalSide(reference, count)];
    if (count !== least) {
      const name = `ours with ${least} in use`;
      others.push({ ...hostLocalSide(ours, least), name });
    }
    return {
      title: `host-local, ${count} in use`,
      sides: [mine, ...others],
      maxRounds: MAX_ROUNDS,
    };
  });
}

function hostLocalSide(contender: Contender, count: number): Side {
  const network = `host-local-${count}`;
  reserveMany(`${contender.dataDir}/${network}`, count);
  const ranges = [[{ subnet: "10.128.0.0/15" }]];
  const { dataDir } = contender;
  const call = {
    plugin: "host-local",
    config: {
      cniVersion: "1.0.0",
      name: network,
      type: "host-local",
      ipam: { type: "host-local", dataDir, ranges },
    },
    netns: "/run/netns/cni-bench-none",
  };
  return {
    name: contender.name,
    acts: {
      ADD: [pluginRun(contender, { ...call, command: "ADD" })],
      DEL: [pluginRun(contender, { ...call, command: "DEL" })],
    },
  };
}

/** Reserves addresses as the reference does, for containers nobody knows. */
function reserveMany(folder: string, count: number): void {
  try {
    Deno.mkdirSync(folder);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return; // Done before.
    throw error;
  }
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
