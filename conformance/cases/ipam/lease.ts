import type { JsonObject } from "../../../lib/spec/mod.ts";
import {
  type CallOptions,
  demand,
  type Stage,
  type StageSandbox,
} from "../../suite/mod.ts";
import { readStated, type StatedResult } from "../shared/mod.ts";

/** What an IPAM plugin gave to a container. */
export interface Lease {
  /** What ADD printed. */
  readonly result: JsonObject;
  readonly stated: StatedResult;
  /** The addresses, without lengths. */
  readonly addresses: readonly string[];
  /** Calls DEL, which must succeed. */
  release(): Promise<void>;
  /** Options for a CHECK of it. */
  readonly later: CallOptions;
}

/** Who asks for addresses. */
export interface Client {
  /** Calls ADD for a container of this name; must succeed. */
  take(name: string, options?: CallOptions): Promise<Lease>;
  /** Calls ADD, which must fail. */
  mustNotTake(name: string, options?: CallOptions): Promise<JsonObject>;
  /** Calls DEL for a container of this name; must succeed. */
  release(name: string, options?: CallOptions): Promise<void>;
  /** A container's id, by its name. */
  idOf(name: string): string;
  readonly sandbox: StageSandbox;
}

/**
 * Makes a client. All its containers have one namespace, which an IPAM plugin
 * has no business in.
 *
 * @param keys Keys over the configuration, for all calls.
 */
export async function addClient(
  stage: Stage,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Client> {
  const sandbox = await stage.addSandbox();
  const idOf = (name: string) => `${sandbox.containerId}-${name}`;
  const optionsFor = (name: string, options: CallOptions): CallOptions => ({
    stdin: stage.config(keys),
    containerId: idOf(name),
    ...options,
  });
  const release = async (name: string, options: CallOptions = {}) => {
    await stage.mustCall("DEL", sandbox, optionsFor(name, options));
  };
  return {
    sandbox,
    idOf,
    release,
    mustNotTake: (name, options = {}) =>
      stage.mustFail("ADD", sandbox, optionsFor(name, options)),
    take: async (name, options = {}) => {
      const later = optionsFor(name, options);
      const result = await stage.mustCall("ADD", sandbox, later);
      const stated = readStated(result);
      demand(result !== undefined, "ADD succeeded without a result on stdout");
      const addresses = stated.ips.map(({ address }) =>
        address.split("/")[0] ?? ""
      );
      demand(addresses.length > 0, "The result has no address");
      return {
        result,
        stated,
        addresses,
        later,
        release: () => release(name, options),
      };
    },
  };
}

/** Demands that no address was given twice. */
export function demandDistinct(leases: readonly Lease[]): void {
  const seen = new Set<string>();
  for (const address of leases.flatMap(({ addresses }) => addresses)) {
    demand(!seen.has(address), `Two containers got ${address}`);
    seen.add(address);
  }
}
