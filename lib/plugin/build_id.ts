/**
 * The build that this program belongs to, with its shim: `make build` fills it
 * in. Run from its source, the program has none, and this begins with `@`.
 */
export const BUILD_ID: string = "@cni-build-id@";
