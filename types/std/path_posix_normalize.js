// @ts-self-types="./path_posix_normalize.d.ts"
export * from "deno-std/path/posix/normalize.js";
