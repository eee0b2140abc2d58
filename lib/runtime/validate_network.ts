import { probeVersion } from "../invoke/mod.ts";
import { CniCode, CniError, IMPLIED_VERSION, toCniError } from "../spec/mod.ts";
import type { Engine, OperationOptions } from "./engine.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";

/**
 * Checks that every plugin is there and speaks the network's version.
 *
 * @returns The capabilities that the network's plugins declare.
 */
export async function validateNetwork(
  engine: Engine,
  network: NetworkConfig,
  options: OperationOptions,
): Promise<readonly string[]> {
  const failures: CniError[] = [];
  for (const plugin of network.plugins) {
    try {
      await validatePlugin(engine, network, { plugin, options });
    } catch (thrown) {
      failures.push(toCniError(thrown));
    }
  }
  const [first] = failures;
  if (first === undefined) {
    const all = network.plugins.flatMap(({ capabilities }) => capabilities);
    return [...new Set(all)];
  }
  if (network.kind === "single") throw first;
  const text = `[${failures.map(String).join(" ")}]`;
  throw new CniError(first.code, text, { cause: new AggregateError(failures) });
}

async function validatePlugin(
  { invoker, path }: Engine,
  { cniVersion }: NetworkConfig,
  { plugin, options }: {
    readonly plugin: NetworkPlugin;
    readonly options: OperationOptions;
  },
): Promise<void> {
  const version = cniVersion || IMPLIED_VERSION;
  const { type } = plugin;
  const { supportedVersions } = await probeVersion(invoker, type, {
    path,
    ...options,
  });
  if (supportedVersions.includes(version)) return;
  const message = `plugin ${type} does not support config version ` +
    JSON.stringify(version);
  throw new CniError(CniCode.IncompatibleVersion, message, {
    details: `it supports ${supportedVersions.join(", ")}`,
  });
}
