/**
 * A chained plugin that does all right: a policy rule on the host for the
 * container's address. For tests of the conformance suite.
 *
 * @module
 */
import {
  type Any,
  type Call,
  demand,
  ip,
  ipIn,
  isDone,
  runPlugin,
  wait,
} from "./call.ts";

await runPlugin({ ADD: add, CHECK: check, DEL: del });

async function add(call: Call): Promise<Any> {
  const { netns, ifname, config: { prevResult }, is } = call;
  if (is("needs-none") && prevResult === undefined) {
    return { cniVersion: "1.1.0" };
  }
  demand(prevResult !== undefined, "there is no prevResult");
  if (is("one-at-a-time")) {
    Deno.mkdirSync("/run/cni/busy");
    await wait();
    Deno.removeSync("/run/cni/busy");
  }
  const address = remember(call);
  if (!is("no-effect")) ip(`rule add from ${address} lookup 77`);
  if (is("changes-mac")) {
    ipIn(netns, `link set ${ifname} address 02:00:00:00:00:99`);
  }
  if (is("touches-others")) isDone(() => ip("link set other0 down"));
  return passedOn(call);
}

function passedOn({ config: { prevResult }, is }: Call): Any {
  const { interfaces, dns, ...rest } = prevResult;
  if (is("drops-dns")) return { ...rest, interfaces };
  if (is("sorts")) {
    const byName = (a: Any, b: Any) => a.name < b.name ? 1 : -1;
    return { ...rest, dns, interfaces: interfaces.toSorted(byName) };
  }
  if (is("drops-newer")) {
    const older = interfaces.map(({ name, mac, sandbox }: Any) => ({
      ...{ name, mac, sandbox },
    }));
    return { ...rest, dns, interfaces: older };
  }
  return prevResult;
}

function check(call: Call): void {
  const { config: { prevResult }, is } = call;
  if (is("lax-check")) return;
  demand(prevResult !== undefined, "there is no prevResult");
  const rules = ip("rule show");
  const address = addressIn(prevResult);
  demand(rules.includes(`from ${address} lookup 77`), "the rule is gone");
}

function del(call: Call): void {
  const { config: { prevResult }, is } = call;
  demand(!is("needs-prev-result") || prevResult !== undefined, "no prevResult");
  if (is("keeps-effect")) return;
  if (is("removes-all")) {
    while (isDone(() => ip("rule del lookup 77")));
  }
  const address = recall(call);
  if (address !== undefined) {
    isDone(() => ip(`rule del from ${address} lookup 77`));
  }
}

/** Notes the address, so that DEL needs no `prevResult`. */
function remember(call: Call): string {
  const address = addressIn(call.config.prevResult);
  Deno.writeTextFileSync(fileOf(call), address);
  return address;
}

function recall(call: Call): string | undefined {
  try {
    return Deno.readTextFileSync(fileOf(call));
  } catch {
    return undefined;
  }
}

function fileOf({ containerId, ifname }: Call): string {
  return `/run/cni/${containerId}-${ifname}`;
}

function addressIn(result: Any): string {
  return result.ips.map(({ address }: Any) => address.split("/")[0])
    .find((address: string) => !address.includes(":"));
}
