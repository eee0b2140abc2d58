import {
  type AddReply,
  createInvoker,
  joinPluginPath,
  probeVersion,
  type VersionInfo,
} from "../invoke/mod.ts";
import type { Registry } from "../plugin/mod.ts";
import type { CniError, JsonObject } from "../spec/mod.ts";
import { addNetwork, type AddOptions } from "./add_network.ts";
import type { Attachment } from "./attachment.ts";
import type { CachedAttachment } from "./cache_entry.ts";
import { checkNetwork } from "./check_network.ts";
import { convertResult } from "./convert_result.ts";
import { delNetwork } from "./del_network.ts";
import { cacheKey, type Engine, type OperationOptions } from "./engine.ts";
import { gcNetwork, type ValidList } from "./gc_network.ts";
import type { NetworkConfig } from "./network_config.ts";
import { withNetworkLock } from "./network_lock.ts";
import type { NetworkPlan, PlannedOperation } from "./network_plan.ts";
import { DEFAULT_CACHE_DIR, ResultCache } from "./result_cache.ts";
import { statusNetwork } from "./status_network.ts";
import { validateNetwork } from "./validate_network.ts";

/** What a {@linkcode Runtime} works with. */
export interface RuntimeOptions {
  /** The folders to look for plugins in, in order: `/opt/cni/bin`. */
  readonly path: readonly string[];
  /** The folder of the result cache. Default: `/var/lib/cni`. */
  readonly cacheDir?: string | undefined;
  /** Takes what plugins print to stderr. Default: this program's stderr. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Plugins that are part of this program, to be called without a process. */
  readonly registry?: Registry | undefined;
  /** Path of this program's executable, for `registry` to be used. */
  readonly self?: string | undefined;
  /** Calls every plugin as a child process. */
  readonly forceExec?: boolean | undefined;
}

/**
 * The runtime's side of CNI 1.1.0: attaches containers to networks by calling
 * plugins. Needs `--allow-run` for the plugins, `--allow-read` for their
 * folders, and both of `--allow-read` and `--allow-write` for the cache.
 *
 * Every method throws a {@linkcode CniError}, which bears the plugin's own code
 * if a plugin failed. Operations on one container must not overlap. GC waits
 * for ADD, CHECK and DEL of its network and keeps them waiting, by a lock beside
 * the cache that holds for every runtime of this kind with the same cache.
 *
 * @example Attach a container, and detach it
 * ```ts ignore
 * import { loadNetwork, Runtime } from "./mod.ts";
 * const runtime = new Runtime({ path: ["/opt/cni/bin"] });
 * const network = loadNetwork("/etc/cni/net.d", "net1");
 * const attachment = {
 *   containerId: "c1",
 *   netns: "/run/netns/c1",
 *   ifname: "eth0",
 * };
 * const { result } = await runtime.add(network, attachment, { cleanUp: true });
 * console.log(result.ips?.[0]?.address);
 * await runtime.del(network, attachment);
 * ```
 */
export class Runtime {
  readonly #engine: Engine;

  /** Touches nothing yet: plugins and cache are looked for when needed. */
  constructor(options: RuntimeOptions) {
    const { path, cacheDir = DEFAULT_CACHE_DIR, ...rest } = options;
    const warn = rest.warn ?? ((message: string) => console.error(message));
    this.#engine = {
      invoker: createInvoker({ ...rest, warn }),
      folders: path,
      path: joinPluginPath(path),
      cache: new ResultCache(cacheDir),
      onUnlocked: warningOnce(warn),
    };
  }

  /**
   * Attaches a container (ADD) and keeps the result in the cache.
   *
   * @returns What the last plugin returned. It may be in another version than
   * the network's, if the plugin chose so.
   */
  add(
    network: NetworkConfig,
    attachment: Attachment,
    options: AddOptions = {},
  ): Promise<AddReply> {
    return shared(
      this.#engine,
      { network, options },
      (engine) => addNetwork(engine, network, { attachment, options }),
    );
  }

  /**
   * Verifies that an attachment is as ADD left it (CHECK). Succeeds without
   * asking if the network has `disableCheck`.
   */
  check(
    network: NetworkConfig,
    attachment: Attachment,
    options: OperationOptions = {},
  ): Promise<void> {
    // What it finds without a lock may be wrong; it can do no harm.
    const engine = { ...this.#engine, onUnlocked: () => {} };
    return shared(
      engine,
      { network, options },
      (locked) => checkNetwork(locked, network, { attachment, options }),
    );
  }

  /**
   * Detaches a container (DEL) and forgets the result. Succeeds if there is
   * nothing left to detach; if it fails, it can be repeated.
   */
  del(
    network: NetworkConfig,
    attachment: Attachment,
    options: OperationOptions = {},
  ): Promise<void> {
    return shared(
      this.#engine,
      { network, options },
      (engine) => delNetwork(engine, network, { attachment, options }),
    );
  }

  /**
   * Removes everything on a network that belongs to none of the attachments in
   * `valid` (GC). With an empty list, that is everything but what has been added
   * since this call, by whatever process.
   *
   * @param valid The attachments to keep. A function is called when it is known
   * what counts as added since: give one where the list is made from the cache.
   */
  gc(
    network: NetworkConfig,
    valid: ValidList,
    options: OperationOptions = {},
  ): Promise<void> {
    return gcNetwork(this.#engine, network, { valid, options });
  }

  /**
   * Throws if the network could not serve an ADD now (STATUS). Before version
   * 1.1.0 plugins could not tell, and it succeeds.
   */
  status(
    network: NetworkConfig,
    options: OperationOptions = {},
  ): Promise<void> {
    return statusNetwork(this.#engine, network, options);
  }

  /**
   * Tells what an operation on an attachment would do, and does none of it.
   * Plugins that are part of this program tell; of others only that they would
   * be run is known.
   *
   * @throws {CniError} If the operation would be refused at once.
   */
  async plan(
    operation: PlannedOperation,
    network: NetworkConfig,
    attachment: Attachment,
  ): Promise<NetworkPlan> {
    // Hardly ever asked for, so it is loaded on demand.
    const { planNetwork } = await import("./plan_network.ts");
    return await planNetwork(this.#engine, network, { operation, attachment });
  }

  /**
   * Checks that every plugin of a network is there and speaks its version.
   *
   * @returns The capabilities that the plugins declare, without doubles.
   */
  validate(
    network: NetworkConfig,
    options: OperationOptions = {},
  ): Promise<readonly string[]> {
    return validateNetwork(this.#engine, network, options);
  }

  /** Asks a plugin which versions it supports (VERSION). */
  versionInfo(
    type: string,
    options: OperationOptions = {},
  ): Promise<VersionInfo> {
    const { invoker, path } = this.#engine;
    return probeVersion(invoker, type, { path, ...options });
  }

  /**
   * The result of an earlier ADD from the cache, in the network's version;
   * `undefined` if there is none.
   */
  cachedResult(
    network: NetworkConfig,
    attachment: Attachment,
  ): JsonObject | undefined {
    const result = this.#engine.cache.result(cacheKey(network, attachment));
    return result && convertResult(result, network.cniVersion);
  }

  /**
   * What an earlier ADD was done with, from the cache: the configuration of
   * that time and all parameters; `undefined` if nothing is known.
   */
  cachedAttachment(
    network: NetworkConfig,
    attachment: Attachment,
  ): CachedAttachment | undefined {
    return this.#engine.cache.attachment(cacheKey(network, attachment));
  }

  /**
   * Every attachment in the cache, of all networks.
   *
   * @param containerId Only those of this container.
   */
  cachedAttachments(containerId?: string): readonly CachedAttachment[] {
    return this.#engine.cache.attachments(containerId);
  }
}

/** Does what concerns one attachment of a network: no GC runs meanwhile. */
function shared<T>(
  engine: Engine,
  { network, options }: {
    readonly network: NetworkConfig;
    readonly options: OperationOptions;
  },
  act: (engine: Engine) => Promise<T>,
): Promise<T> {
  const lock = { network: network.name, mode: "shared", options } as const;
  return withNetworkLock(engine, lock, act);
}

/** Warns of the first reason for which a network cannot be locked. */
function warningOnce(
  warn: (message: string) => void,
): (reason: CniError) => void {
  let isTold = false;
  return (reason) => {
    if (isTold) return;
    isTold = true;
    warn(
      "Networks cannot be locked, so do not run GC beside ADD or DEL: " +
        String(reason),
    );
  };
}
