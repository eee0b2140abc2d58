// @ts-self-types="./path_posix_resolve.d.ts"
export * from "deno-std/path/posix/resolve.js";
