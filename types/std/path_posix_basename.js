// @ts-self-types="./path_posix_basename.d.ts"
export * from "deno-std/path/posix/basename.js";
