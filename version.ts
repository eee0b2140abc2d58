import config from "./deno.json" with { type: "json" };

/** The program's version, which stands in `deno.json` and nowhere else. */
export const VERSION: string = config.version;
