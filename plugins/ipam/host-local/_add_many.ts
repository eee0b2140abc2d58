import { callOurs } from "./_call.ts";

/**
 * Adds containers one after the other, as a process of its own. Arguments: the
 * configuration, a prefix for container ids, and how many. Prints for each the
 * id and its addresses; every one has a companion that is deleted again.
 */
if (import.meta.main) {
  const [text = "{}", prefix = "c", count = "1"] = Deno.args;
  const config = JSON.parse(text);
  for (let i = 0; i < Number(count); i++) {
    const containerId = `${prefix}${i}`;
    const passing = `${containerId}-passing`;
    await callOurs({ command: "ADD", config, containerId: passing });
    const { status, stdout } = await callOurs({
      command: "ADD",
      config,
      containerId,
    });
    await callOurs({ command: "DEL", config, containerId: passing });
    if (status !== 0) throw new Error(stdout);
    const { ips } = JSON.parse(stdout) as { ips: { address: string }[] };
    console.log([containerId, ...ips.map(({ address }) => address)].join(" "));
  }
}
