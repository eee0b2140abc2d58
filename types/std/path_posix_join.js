// @ts-self-types="./path_posix_join.d.ts"
export * from "deno-std/path/posix/join.js";
