// @ts-self-types="./path_posix_dirname.d.ts"
export * from "deno-std/path/posix/dirname.js";
