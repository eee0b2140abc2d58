import {
  requireOtherNamespace,
  Shells,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { settled, throwFirst } from "../../shared/mod.ts";
import { type FirewallInput, readFirewallInput } from "./config.ts";
import {
  addSources,
  findFirewalld,
  type Firewalld,
} from "./firewalld_linux.ts";
import { addRules, type Tables, tablesOf } from "./tables_linux.ts";
import { sourcesOf, wantedRules } from "./wanted_rules.ts";

/**
 * Lets the container's traffic pass the host's firewall, and keeps its bridge
 * apart if that is asked for (CNI 1.1.0, section 2, "ADD"): one transaction for
 * each family. What fails takes the rest back.
 */
export async function addFirewall(
  request: Request,
  context: Context,
): Promise<Result> {
  const input = readFirewallInput(request);
  const { netns, netnsOverride: override } = request;
  const { config, bridge, addresses } = input;
  await using shells = new Shells();
  const { run } = shells;
  // Made at once, since they start shells that take a while.
  const needsTables = config.backend !== "firewalld" || bridge !== undefined;
  const tables = needsTables ? tablesOf([...addresses.keys()], shells) : [];
  const [, firewalld] = await settled(
    requireOtherNamespace(netns, { run, override }),
    findFirewalld(config, run),
  );
  await withUndo(async (undo) => {
    if (firewalld !== undefined) {
      await addSources(firewalld, sourcesOf(input), { run, undo });
    }
    await addAllRules(request, { input, firewalld, tables, undo });
  }, (message) => context.warn(message));
  return input.result;
}

/** What the rules of an ADD follow from. */
interface RulesInput {
  readonly input: FirewallInput;
  /** Absent where iptables alone lets addresses pass. */
  readonly firewalld: Firewalld | undefined;
  readonly tables: readonly Tables[];
  readonly undo: UndoStack;
}

async function addAllRules(
  request: Request,
  { input, firewalld, tables, undo }: RulesInput,
): Promise<void> {
  const isIdle = firewalld !== undefined && input.bridge === undefined;
  if (isIdle) return;
  // All have ended before anything is taken back.
  throwFirst(
    await Promise.allSettled(
      tables.map((one) => {
        const wanted = wantedRules(request, input, {
          family: one.family,
          isAccepting: firewalld === undefined,
        });
        return addRules(wanted, one, undo);
      }),
    ),
  );
}
