/** Deno's own variables that the launcher of the portable form sets. */
const SET_FOR_DENO = [
  ...["HOME", "DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_DISABLE_NODE_SHIM"],
];

/** Holds the names of the variables that the launcher has set aside. */
const NAMES = "CNI_CALLER";

/**
 * Gives this process the variables that its caller has set, which the launcher
 * of the portable form keeps from Deno: programs that it starts, such as other
 * people's plugins, inherit them. Does nothing without that launcher. Needs
 * `--allow-env` for the variables.
 */
export function restoreEnvironment(): void {
  const names = Deno.env.get(NAMES);
  if (names === undefined) return;
  Deno.env.delete(NAMES);
  for (const name of SET_FOR_DENO) Deno.env.delete(name);
  for (const name of names.split(" ").filter((one) => one !== "")) {
    const kept = `${NAMES}_${name}`;
    Deno.env.set(name, Deno.env.get(kept) ?? "");
    Deno.env.delete(kept);
  }
}
