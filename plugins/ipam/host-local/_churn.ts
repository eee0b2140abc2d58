import { callOurs } from "./_call.ts";

/**
 * Adds and deletes containers until it is killed, as a process of its own.
 * Arguments: the configuration, and the ids. Prints a line once it is at it.
 */
if (import.meta.main) {
  const [text = "{}", ...ids] = Deno.args;
  const config = JSON.parse(text);
  for (let round = 0;; round++) {
    for (const containerId of ids) {
      await callOurs({ command: "ADD", config, containerId });
    }
    if (round === 0) console.log("begun");
    for (const containerId of ids) {
      await callOurs({ command: "DEL", config, containerId });
    }
  }
}
