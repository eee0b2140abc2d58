import {
  type Address,
  compareAddresses,
  formatAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import {
  definePlugin,
  type Plugin,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
  toCniError,
} from "../../../lib/spec/mod.ts";
import { isPermitted } from "../../../lib/state/mod.ts";
import { addResult, ownerOf, readAdd, readAddWish } from "./add_input.ts";
import { allocate } from "./allocate.ts";
import {
  HOST_LOCAL_CAPABILITIES,
  HOST_LOCAL_KEYS,
  parseDataDir,
  parseHostLocalConfig,
} from "./config.ts";
import { networkFolder, openDiskStore } from "./disk_store.ts";
import { rangeFor } from "./range_set.ts";
import { type ReadBoot, readBootWith } from "./read_boot.ts";
import { REQUESTED_ARGS } from "./requested.ts";
import { type Reservation, reservationsOf } from "./reservations.ts";

/**
 * The host-local plugin: hands out addresses of configured ranges and keeps
 * account of them in files, one for each address, as the reference does and
 * together with it. See `docs/plugins/host-local.md`.
 */
export const hostLocal: Plugin = hostLocalWith(readBootWith());

/** Makes the plugin with what tells it which boot this is. */
export function hostLocalWith(readBoot: ReadBoot): Plugin {
  return definePlugin({
    name: "host-local",
    add: (request) => add(request, readBoot),
    check,
    del,
    gc: async (request) => {
      const { collectReservations } = await import("./gc.ts");
      await collectReservations(request, readBoot);
    },
    status: async (request) => {
      const { hostLocalStatus } = await import("./status.ts");
      await hostLocalStatus(request);
    },
    plan: async (request) => {
      const { planHostLocal } = await import("./planned.ts");
      return planHostLocal(request, readBoot);
    },
    settings: {
      role: "ipam",
      keys: HOST_LOCAL_KEYS,
      capabilities: HOST_LOCAL_CAPABILITIES,
      args: REQUESTED_ARGS,
      check: readAddWish,
    },
  });
}

async function add(request: Request, readBoot: ReadBoot): Promise<Result> {
  const { config } = request;
  const input = readAdd(request);
  const { requested } = input;
  const { dataDir, sets, reclaimAfterReboot } = input.config;
  // From here on there is something on the disk.
  const store = openDiskStore({ dataDir, network: config.name, create: true });
  const boot = reclaimAfterReboot ? readBoot() : undefined;
  const allocations = await store.withLock((reservations) => {
    const owner = ownerOf(request);
    const taken = allocate(reservations, { owner, sets, requested, boot });
    const addresses = taken.map(({ cidr }) => cidr.address);
    if (boot !== undefined) reservations.mark(addresses, boot.ids);
    return taken;
  });
  return addResult(input, allocations);
}

async function check(request: Request): Promise<void> {
  const { config, args, containerId, ifname } = request;
  const { dataDir, sets } = parseHostLocalConfig(config, args);
  const attached = prevResultOf(config)?.ips ?? [];
  const held = await openDiskStore({ dataDir, network: config.name })
    ?.withLock((reservations) =>
      reservationsOf(reservations, ownerOf(request))
    ) ?? [];
  const folder = networkFolder(dataDir, config.name);
  if (held.length === 0) {
    const message = `Cannot find an address of container ${containerId}`;
    throw new CniError(CniCode.Internal, message, {
      details: `no file in ${folder} names ${containerId} and ${ifname}: ` +
        "DEL and ADD the container again",
    });
  }
  // Other plugins of the chain may have added addresses that are not ours.
  const missing = attached.map(({ address }) => parseCidr(address).address)
    .find((address) =>
      sets.some((set) => rangeFor(set, address)) && !holds(held, address)
    );
  if (missing === undefined) return;
  const text = formatAddress(missing);
  const message = `Cannot find the reservation of ${text}`;
  throw new CniError(CniCode.Internal, message, {
    details: `prevResult gives ${text} to container ${containerId}, but in ` +
      `${folder} it has ${listOf(held)}: DEL and ADD the container again`,
  });
}

async function del(request: Request): Promise<void> {
  const { config } = request;
  // Nothing else is read: a range or argument gone bad must keep no address.
  const dataDir = parseDataDir(config.fields);
  if (Deno.build.os !== "windows" && !isPermitted(dataDir)) {
    const { releaseOutside } = await import("./release_outside.ts");
    const owner = ownerOf(request);
    await releaseOutside({ dataDir, network: config.name, owner });
    return;
  }
  const store = openDiskStore({ dataDir, network: config.name });
  await store?.withLock((reservations) => {
    const failures: CniError[] = [];
    for (const { address } of reservationsOf(reservations, ownerOf(request))) {
      try {
        reservations.release(address);
      } catch (error) {
        failures.push(toCniError(error));
      }
    }
    if (failures.length === 0) return;
    const message = `Cannot free all addresses of ${request.containerId}`;
    const details = failures.map(String).join("; ");
    throw new CniError(CniCode.IoFailure, message, { details });
  });
}

function holds(held: readonly Reservation[], address: Address): boolean {
  return held.some((one) => compareAddresses(one.address, address) === 0);
}

function listOf(held: readonly Reservation[]): string {
  return held.map(({ address }) => formatAddress(address)).join(", ");
}
