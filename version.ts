import config from "./deno.json" with { type: "json" };

/** The program's version, which stands in `deno.json` and nowhere else. */
export const VERSION: string = config.version;

/** The build that this program belongs to, and its shim: `make build` fills it in. */
export const BUILD_ID: string = "@cni-build-id@";
