import type { Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { requireFreeName } from "../container_link_linux.ts";
import { settled } from "../settled.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Reads what an ADD has to know of host and container, and refuses what cannot
 * be done.
 *
 * @throws {CniError} Code 8 if there is no sandbox or it is the plugin's own
 * namespace, code 999 if the interface's name is taken in it, or what
 * {@linkcode InterfaceKind.look} throws.
 */
export async function lookAround<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, config, run }: {
    readonly request: Request;
    readonly config: Config;
    readonly run: Run;
  },
): Promise<Facts> {
  let isFree: Promise<void> | undefined;
  const free = () => isFree ??= requireFreeName(request, kind.noun, run);
  const tools = { config, run, requireFreeName: free };
  const [facts] = await settled(
    kind.look?.(request, tools) ?? Promise.resolve(undefined as Facts),
    free(),
  );
  return facts;
}
