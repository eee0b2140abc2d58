/**
 * How the names of variables begin that Deno, its V8 or its libraries obey
 * before the program's first line: they write logs, coverage and audits, load
 * certificates, or change how code runs.
 */
export const STEERING_PREFIXES: readonly string[] = [
  ...["DENO_", "NODE_", "NPM_CONFIG_", "npm_config_", "JSR_"],
  ...["OTEL_", "RUST_", "TOKIO_", "V8_", "SSLKEYLOGFILE"],
];

/** The same as patterns of the shell's `case`. */
export function steeringPatterns(): readonly string[] {
  return STEERING_PREFIXES.map((prefix) => `${prefix}*`);
}
